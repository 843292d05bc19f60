"""The folders of a province and a campaign, read for a running process: everything in them has to be right."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.bad_setting import BadSetting, BadSettings
from bot.settings import Settings
from rules.answers.checking import faults_of_facts
from rules.campaign import bundle, policy
from rules.campaign.model import Campaign
from rules.directory import loading as directory
from rules.documents.faults import Fault, Faults, Wrong

MOST_BYTES = 8 * 1024 * 1024
"""Of a file: more than any dispatch, and than its tables."""


def load_campaign(settings: Settings) -> Campaign:
    """The campaign that is set, with its directory and its policy. Raises Faults, and BadSettings where a folder isn't there."""
    folders = (
        ("CAMPAIGN", settings.campaign, settings.campaign_folder),
        ("PROVINCE", settings.province, settings.province_folder),
    )
    missing = [
        BadSetting("setting.folder", name=name, given=given[:80]) for name, given, folder in folders if not folder.is_dir()
    ]
    if missing:
        raise BadSettings(missing)
    return load_folders(settings.campaign_folder, settings.province_folder)


def load_folders(campaign: Path, province: Path) -> Campaign:
    """The campaign in a folder, of the province in another. Raises Faults."""
    common, texts = _texts(province, (directory.FILE, policy.FILE)), _texts(campaign, bundle.FILES)
    try:
        units = directory.directory_of(common)
    except Faults as bad:
        raise Faults([*bad.faults, *_faults_of_policy(common)]) from bad
    found = bundle.campaign_of(texts, units, policy.policy_of(common))
    faults = faults_of_facts(found, texts)
    if faults:
        raise Faults(faults)
    return found


def _faults_of_policy(texts: Mapping[str, str]) -> list[Fault]:
    try:
        policy.policy_of(texts)
    except Faults as bad:
        return bad.faults
    return []


def _texts(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Those files of a folder that are there. What is no file, or never ends, is not waited for."""
    texts, faults = {}, []
    for name in names:
        path = folder / name
        if not path.exists():
            continue
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            faults.append(Fault(name, 1, Wrong.NOT_A_TEXT))
            continue
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            faults.append(Fault(name, 1, Wrong.NOT_UTF8))
    if faults:
        raise Faults(faults)
    return texts
