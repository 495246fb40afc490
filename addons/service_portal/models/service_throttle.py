import logging
from collections import namedtuple
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.sql_db import Cursor
from odoo.tools import SQL, hmac

from ..const import NUMBER_LIMITS, PHONE_LIMITS

_logger = logging.getLogger(__name__)

Bucket = namedtuple("Bucket", "scope identity attempts seconds")


class ServiceThrottle(models.Model):
    """Count attempts so that nobody can guess numbers.

    A row is one bucket: who or what is counted, over how many seconds. The
    first attempt opens the bucket's window; when the window has passed, the
    next attempt opens a new one. Keys are HMACs: the table names no address,
    no number and no phone.

    Counting runs in a cursor of its own and is committed before anything is
    looked up, because a count that is rolled back with a failing request, or
    kept in one worker's memory, counts nothing.
    """

    _name = "service.throttle"
    _description = "Attempts on the Public Pages"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    hits = fields.Integer(required=True, readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True, index=True)

    _key_uniq = models.Constraint("UNIQUE(key)", "Each bucket is counted once.")

    @api.model
    def _buckets(self, scope, identity, limits):
        """Return the buckets of one identity.

        :param str scope: what is counted, such as ``number``
        :param str identity: whose attempts
        :param limits: iterable of :class:`const.Limit`
        :rtype: list[Bucket]
        """
        return [Bucket(scope, identity, *limit) for limit in limits]

    @api.model
    def _track_buckets(self, number, phone):
        """Return the buckets of a guess: its number and phones, however written.

        :param str number: acceptance number as it was typed
        :param str phone: phone as it was typed
        :rtype: list[Bucket]
        """
        number, phones = self.env["service.ticket"]._get_track_identities(number, phone)
        buckets = self._buckets("number", number, NUMBER_LIMITS)
        for one in phones:
            buckets += self._buckets("phone", one, PHONE_LIMITS)
        return buckets

    @api.model
    def _count(self, buckets):
        """Count one attempt in every bucket, now and for good.

        Whoever cannot be counted is turned away: a broken counter must not
        open the door.

        :param buckets: list of :class:`Bucket`
        :return: seconds to wait, 0 when every bucket is within its limit
        :rtype: int
        """
        if not buckets:
            return 0
        now = fields.Datetime.now()
        try:
            rows = self._execute_apart(self._count_query(buckets, now))
        except psycopg2.Error:
            _logger.exception("Attempts cannot be counted: the request is refused")
            return max(bucket.seconds for bucket in buckets)
        counts = {key: (hits, expires_at) for key, hits, expires_at in rows}
        return self._seconds_to_wait(buckets, counts, now)

    @api.model
    def _refund(self, buckets):
        """Take back one attempt that turned out to be a hit: only misses count."""
        if not buckets:
            return
        keys = tuple(self._key(bucket) for bucket in buckets)
        try:
            self._execute_apart(self._refund_query(keys))
        except psycopg2.Error:
            _logger.exception("A successful attempt stays counted as a miss")

    @api.model
    def _key(self, bucket):
        """Return the name of a bucket, which nobody can turn back."""
        message = (bucket.scope, bucket.identity, bucket.seconds)
        # sudo: the database secret is not readable by a public user
        return hmac(self.sudo().env, "service_portal.throttle", message)

    @api.model
    def _execute_apart(self, query):
        """Execute a query in a transaction of its own and return its rows.

        Odoo's cursors are REPEATABLE READ, where the second of two counters
        gets a serialization failure. READ COMMITTED lets them queue up on the
        row instead. Only a real cursor can change its level: a test's cursor
        is a savepoint.
        """
        with self.env.registry.cursor() as cr:
            if isinstance(cr, Cursor):
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            cr.execute(query)
            return cr.fetchall()

    @api.model
    def _count_query(self, buckets, now):
        """Return the statement that counts and tells the counts.

        Rows come in the order of their keys, so that two requests with the
        same buckets cannot wait for each other.
        """
        rows = sorted(
            (self._key(bucket), now + timedelta(seconds=bucket.seconds))
            for bucket in buckets
        )
        values = SQL(", ").join(SQL("(%s, 1, %s)", key, end) for key, end in rows)
        return SQL(
            """
            INSERT INTO service_throttle AS t (key, hits, expires_at)
            VALUES %(values)s
            ON CONFLICT (key) DO UPDATE SET
                hits = CASE WHEN t.expires_at <= %(now)s THEN 1 ELSE t.hits + 1 END,
                expires_at = CASE WHEN t.expires_at <= %(now)s
                                  THEN EXCLUDED.expires_at ELSE t.expires_at END
            RETURNING key, hits, expires_at
            """,
            values=values,
            now=now,
        )

    @api.model
    def _refund_query(self, keys):
        """Return the statement that gives one attempt back, rows in key order."""
        return SQL(
            """
            WITH bucket AS (
                SELECT id FROM service_throttle
                 WHERE key IN %(keys)s AND hits > 0
                 ORDER BY key
                   FOR UPDATE
            )
            UPDATE service_throttle t SET hits = t.hits - 1
              FROM bucket WHERE t.id = bucket.id
            RETURNING t.id
            """,
            keys=keys,
        )

    @api.model
    def _seconds_to_wait(self, buckets, counts, now):
        """Return how long the fullest bucket stays closed."""
        waits = [0]
        for bucket in buckets:
            hits, expires_at = counts[self._key(bucket)]
            if hits > bucket.attempts:
                waits.append(max(1, int((expires_at - now).total_seconds())))
        return max(waits)

    @api.autovacuum
    def _gc_expired(self):
        """Forget buckets whose window has passed."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM service_throttle WHERE expires_at < %s",
                fields.Datetime.now(),
            )
        )
