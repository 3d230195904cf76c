def count_vowels(text):
    for letter in text.lower():
        count = 0
        if letter in "aeiou":
            count += 1
    return count
