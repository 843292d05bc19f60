"""Words that change nothing around what is meant, and words that deny it, as :func:`same_words` writes them."""

from rules.text.vietnamese import same_words

_POLITE = (
    "ạ à ac ad admin ah alo anh bạn bot cần chị cho có dạ để được e em giúp giùm hả hãy hay hộ i làm lòng luôn mình muốn ngay nghị"
    " nha nhá nhé nhờ ơi ơn thế thì tớ tôi tui ừ uh um vâng vậy với vui xin yêu cầu could like please the to want will would you"
)
POLITE = frozenset(same_words(_POLITE).split())
DENIES = frozenset(same_words("không ko k hong hok chưa đừng khỏi khoan not dont no never").split())
