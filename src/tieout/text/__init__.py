"""The article: spans, quotes, numerals; dates; folding; terminal text."""
