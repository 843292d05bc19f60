"""Vietnamese and English as any office writes them: letters, values such as sums and days, phrases, refusals of an answer.

No word of one dispatch or province: those stand in ``words.toml`` and in the directory.
"""
