def count_vowels(text):
    vowels = 0
    for letter in text.lower():
        if letter not in "aeiou":
            vowels += 1
    return vowels
