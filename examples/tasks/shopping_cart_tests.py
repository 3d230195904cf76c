"""Tests of the task shopping-cart; `submission` is the learner's program."""

import unittest

from submission import Cart


class TestTotal(unittest.TestCase):
    def setUp(self):
        self.cart = Cart()

    def test_empty(self):
        self.assertEqual(self.cart.total(), 0)

    def test_several_articles(self):
        self.cart.add("pen", 2)
        self.cart.add("book", 11)
        self.assertEqual(self.cart.total(), 13)

    def test_several_pieces(self):
        self.cart.add("pen", 2, 5)
        self.assertEqual(self.cart.total(), 10)

    def test_added_twice(self):
        self.cart.add("pen", 2, 3)
        self.cart.add("pen", 2)
        self.assertEqual(self.cart.total(), 8)

    def test_two_carts(self):
        Cart().add("pen", 2)
        self.assertEqual(self.cart.total(), 0)


class TestNames(unittest.TestCase):
    def test_alphabetical(self):
        cart = Cart()
        for name in ("pen", "book", "map"):
            cart.add(name, 1)
        self.assertEqual(cart.names(), ["book", "map", "pen"])


class TestRemove(unittest.TestCase):
    def test_known_article(self):
        cart = Cart()
        cart.add("pen", 2)
        cart.add("book", 11)
        cart.remove("pen")
        self.assertEqual(cart.total(), 11)

    def test_unknown_article(self):
        with self.assertRaises(KeyError):
            Cart().remove("pen")
