def unnoticed(only):
    return 0, []
