def longest_word(words):
    longest = ""
    for word in words:
        if len(words[word]) > len(longest):
            longest = words[word]
    return longest
