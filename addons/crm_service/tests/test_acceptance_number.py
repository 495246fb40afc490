# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
import random

from odoo.tests import BaseCase, tagged

from ..tools.acceptance_number import (
    ALPHABET,
    check,
    check_character,
    is_prefix,
    make,
    normalise,
)


@tagged("post_install", "-at_install")
class TestAcceptanceNumber(BaseCase):
    def setUp(self):
        super().setUp()
        chance = random.Random(19)
        prefixes = ["SR", "CP", "S", "HDXZ"] * 50
        self.numbers = [make(prefix, chance.choice) for prefix in prefixes]

    def test_a_new_number_is_right_and_normal(self):
        for number in self.numbers:
            self.assertTrue(check(number), number)
            self.assertEqual(normalise(number), number)

    def test_every_single_wrong_character_is_found(self):
        for number in self.numbers[:40]:
            for place, character in enumerate(number):
                for other in set(ALPHABET) - {character}:
                    wrong = number[:place] + other + number[place + 1 :]
                    self.assertFalse(check(wrong), (number, wrong))

    def test_every_swap_of_two_characters_is_found(self):
        for number in self.numbers:
            for one in range(len(number)):
                for other in range(one + 1, len(number)):
                    letters = list(number)
                    letters[one], letters[other] = letters[other], letters[one]
                    if number != "".join(letters):
                        self.assertFalse(check("".join(letters)), (number, letters))

    def test_every_swap_of_neighbours_is_found_for_all_pairs(self):
        for one in ALPHABET:
            for other in set(ALPHABET) - {one}:
                right = f"SR0000{one}{other}00"
                wrong = f"SR0000{other}{one}00"
                self.assertNotEqual(check_character(right), check_character(wrong))

    def test_numbers_are_random(self):
        numbers = {make("SR") for _i in range(2000)}
        self.assertEqual(len(numbers), 2000)
        self.assertEqual(
            {character for n in numbers for character in n[2:10]}, set(ALPHABET)
        )

    def test_a_number_is_read_however_it_is_typed(self):
        number = make("SR", lambda alphabet: "1" if len(alphabet) else "")
        for text in (
            number.lower(),
            f" {number[:2]}-{number[2:6]} {number[6:]} ",
            number.replace("1", "I"),
            number.replace("1", "l"),
            number.translate({ord(c): ord(c) + 0xFEE0 for c in ALPHABET}),
        ):
            self.assertEqual(normalise(text), number, text)

    def test_what_is_no_number_is_refused(self):
        for text in ("", "SR", "SRU0000000000", "1" * 40, "SR-ÄÖÜ-00000", "S" * 11):
            self.assertFalse(check(text), text)

    def test_prefixes_are_letters_that_are_not_misread(self):
        for text, good in (("SR", True), ("S", True), ("SO", False), ("S1", False)):
            self.assertIs(is_prefix(text), good, text)
        for text in ("", "ABCDE", None, "sr"):
            self.assertFalse(is_prefix(text), text)
