"""What the two sides have in common: the work that is measured."""

from . import loading, rows, stories, views

LIMIT = 80
MANY = 500
COUNT_LIMIT = 10_001  # as the web client asks
# Of whose customer the portal list is: one with a contact, who is no dealer.
PORTAL_CUSTOMER = rows.CONTACT_EVERY
QUIET = {"tracking_disable": True, "mail_create_nosubscribe": True}


class Side:
    """One of the two add-ons, its tickets and the work on them.

    The work is what a screen of the add-on's own asks the server for; every method
    answers something that must be the same on both sides, or None.
    """

    model = ""
    table = ""
    group = ""
    counter_fields = ()
    portal_url = ""

    def __init__(self, env):
        self.env = env
        self.size = 0
        self.samples = {}

    # -- tickets ------------------------------------------------------------

    def begin(self, partners, agents):
        """Live the stories.

        :param partners: a customer for each story
        :param agents: users who take them
        """
        tickets = self.env[self.model].with_context(**QUIET)

        def begin(place, story):
            vals = self._prepare_story(partners[place], agents[place % 2], story)
            return tickets.with_user(agents[0]).create(vals)

        lived = stories.live(stories.STORIES, begin, self._advance)
        self.env.flush_all()
        loading.remember_stories(self.env, self.table, lived)

    def grow(self, first, size):
        """Make tickets of the rows from a number on, up to `size` tickets."""
        self._prepare_rows(first)
        loading.load_tickets(
            self.env, self.table, self.model, self._row_values(), first, size
        )
        self.env.invalidate_all()
        self.size = size

    def _prepare_rows(self, first):
        """Hook: make what the rows from a number on need besides."""

    def _row_values(self):
        """The SQL of the columns that differ from ticket to ticket."""
        raise NotImplementedError

    # -- work ---------------------------------------------------------------

    def choose(self, env):
        """Choose what is searched for, and read the views as the web client does.

        :param env: of the user who works
        """
        self.list_request = views.read_list(env, self.model)
        half = self.size // 2
        partner_ids = self._query(
            "SELECT partner_id FROM bench_customer ORDER BY n LIMIT %s", [LIMIT]
        )
        self.samples = {
            "number": self._query(
                f"SELECT number FROM {self.table} t JOIN bench_{self.table}_ids i "
                "ON i.id = t.id ORDER BY i.n OFFSET %s LIMIT 1",
                [half],
            )[0],
            "phone": rows.spoken_phone_of(half // rows.CUSTOMER_TICKETS + 1),
            "part": rows.model_name(half // rows.CUSTOMER_TICKETS + 1),
            "partner_ids": partner_ids,
        }

        self.portal_sample = self._query(
            f"SELECT t.number FROM {self.table} t "
            "JOIN bench_customer c ON c.partner_id = t.partner_id WHERE c.n = %s",
            [PORTAL_CUSTOMER],
        )[-1]
        self.new = self._prepare_many(MANY)

    def _query(self, sql, values=()):
        """The first column of an answer."""
        self.env.cr.execute(sql, values)
        return [value for (value,) in self.env.cr.fetchall()]

    def _prepare_many(self, count):
        """Values of new tickets."""
        partner_ids, texts = self.samples["partner_ids"], rows.make_texts()
        return [
            {
                "name": f"{rows.APPLIANCES[place % 12]} {rows.SYMPTOMS[place % 12]}",
                "description": texts[place % len(texts)],
                "partner_id": partner_ids[place % len(partner_ids)],
                "priority": "1",
                **self._prepare_new(),
            }
            for place in range(count)
        ]

    def _create(self, env, count):
        # copies: an add-on may write into what it gets
        return env[self.model].create([dict(vals) for vals in self.new[:count]])

    def create_many(self, env):
        """Create 500 tickets in one call, as an import or an interface does."""
        return len(self._create(env, MANY))

    def create_one(self, env):
        """Create one ticket."""
        return len(self._create(env, 1))

    def list_first(self, env):
        """Open the list of all tickets."""
        return len(self._list(env, [])["records"])

    def find_number(self, env):
        """Find a ticket by its number."""
        return self._names(self._list(env, self._number_domain()))

    def find_phone(self, env):
        """Find the tickets of a phone number."""
        return self._names(self._list(env, self._phone_domain()))

    def find_part(self, env):
        """Find tickets by a part of their subject."""
        return self._names(self._list(env, self._part_domain()))

    def count_for_customers(self, env):
        """Fill the smart buttons of 80 customers."""
        partners = env["res.partner"].browse(self.samples["partner_ids"])
        answer = partners.web_read({name: {} for name in self.counter_fields})
        return [self._counted(values) for values in answer]

    def _list(self, env, domain):
        """What the web client asks for a page of the list."""
        specification, order = self.list_request
        return env[self.model].web_search_read(
            domain, specification, limit=LIMIT, order=order, count_limit=COUNT_LIMIT
        )

    def _names(self, answer):
        """What was found, in an order that is the same on both sides."""
        return sorted(values["name"] for values in answer["records"])
