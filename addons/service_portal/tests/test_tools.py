import doctest

from odoo.tests.common import BaseCase

from ..tools import client_address, mask, progress


class TestTools(BaseCase):
    def test_doctests_of_the_tools_pass(self):
        for module in (client_address, mask, progress):
            with self.subTest(module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)
