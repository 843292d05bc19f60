"""What is kept: tables, named queries by topic, migrations, the writer, files by content.

Every query of the product stands here, and nothing here decides what is said to anybody.
"""
