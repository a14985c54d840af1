"""The dictionaries of a database whose words are searched; words.DICTIONARIES names them."""

V1 = """
-- without stop words: a word that is one in French may be sought in English
create text search dictionary search_arabic (template = snowball, language = arabic);
create text search dictionary search_english (template = snowball, language = english);
create text search dictionary search_french (template = snowball, language = french);
create text search dictionary search_russian (template = snowball, language = russian);
create text search dictionary search_spanish (template = snowball, language = spanish);
"""
