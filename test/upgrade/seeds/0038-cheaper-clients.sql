update match_key_writing set times = 38;
