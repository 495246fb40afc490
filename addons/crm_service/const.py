# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.

# The brief status: all that a customer sees of a ticket.
PHASES = [
    ("received", "Received"),
    ("triage", "Being checked"),
    ("in_progress", "In progress"),
    ("waiting_customer", "Waiting for customer"),
    ("waiting_parts", "Waiting for parts"),
    ("resolved", "Resolved"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
# Nothing more happens to a ticket in these, unless it is reopened.
ENDED_PHASES = ("closed", "cancelled")
# The customer's problem is solved or dropped.
DONE_PHASES = ("resolved", *ENDED_PHASES)

CHANNELS = [
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("portal", "Portal"),
    ("web", "Web"),
    ("sms", "SMS"),
    ("counter", "Counter"),
    ("api", "Other system"),
]

PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]

CATEGORIES = [
    ("request", "Request"),
    ("inquiry", "Inquiry"),
    ("complaint", "Complaint"),
]

CLOCKS = [("running", "Running"), ("paused", "Paused")]

ROUTE_MODES = [("automatic", "Automatic"), ("manual", "Button")]

PROCESS_STATES = [
    ("draft", "Draft"),
    ("published", "Published"),
    ("retired", "Retired"),
]

# What a button asks before the ticket goes on.
QUESTIONS = [
    ("none", "Nothing"),
    ("reason", "A reason"),
    ("person", "Who takes over"),
    ("reason_person", "A reason and who takes over"),
]

# How many automatic routes a ticket may follow in one go.
MAX_AUTOMATIC_STEPS = 20

# The usual time of a stage: the median of so many days, of so many stays at least.
USUAL_DAYS = 90
USUAL_MIN_VISITS = 5
# A ticket is slow that stays so many times the usual time in its stage.
SLOW_SHARE = 1.5

# -- promises
SLA_KINDS = [
    ("first_response", "First Response"),
    ("next_response", "Next Response"),
    ("resolution", "Resolution"),
    ("acknowledgement", "Acknowledgement"),
    ("answer", "Answer"),
]
SLA_STATES = [
    ("running", "Running"),
    ("paused", "On Hold"),
    ("reached", "Kept"),
    ("missed", "Missed"),
    ("cancelled", "Cancelled"),
]
SLA_OPEN_STATES = ("running", "paused")
SLA_STATUSES = [
    ("none", "No promise"),
    ("on_time", "On time"),
    ("at_risk", "At risk"),
    ("breached", "Overdue"),
    ("paused", "On hold"),
    ("reached", "Kept"),
    ("missed", "Missed"),
]
ESCALATION_TRIGGERS = [
    ("share", "Share of the target is used"),
    ("overdue", "Overdue by"),
    ("safety", "A safety risk is seen"),
]
# How many due clocks are dealt with in one transaction.
SLA_BATCH_SIZE = 1000
# The job for due clocks runs at least this often.
SLA_JOB_MINUTES = 15
# A clock on which the job failed is looked at again after this time.
SLA_RETRY_MINUTES = 60
# A deadline is looked for this many years ahead; beyond, a calendar has no hours.
SLA_HORIZON_YEARS = 5
# How a team's tickets find their responsible person.
MANUAL = "manual"
ASSIGNMENT_METHODS = [
    (MANUAL, "By hand"),
    ("round_robin", "In turn"),
    ("least_loaded", "Fewest open tickets"),
    ("skill", "By skill"),
]

# Why nobody could be found; all but the last come from `tools.assignment`.
ASSIGNMENT_PROBLEMS = [
    ("member", "Nobody in the team"),
    ("skill", "Nobody has the skill"),
    ("absent", "Nobody at work"),
    ("full", "Everybody is full"),
    ("returned", "Put back by everybody"),
    ("busy", "Being distributed"),
]

# More tickets than this in one go are given without a message for each of them.
MAX_ASSIGNMENT_NOTICES = 10

# How deep sub-tickets of sub-tickets may go.
MAX_LEVELS = 5

# What the dashboard shows: so many days, and the people with most work.
DASHBOARD_DAYS = 14
DASHBOARD_PEOPLE = 12

# So many tickets made in one go have no note of it each: the history tells it too.
MAX_CREATION_NOTES = 10

# -- messages that come in
# A larger message is kept as it is, unread.
MAX_MAIL_BYTES = 40 * 2**20
MAX_MAIL_LINES = 1_000_000
# So many files of one message are kept with the ticket; the others are held.
MAX_MAIL_FILES = 20
# Who writes more often within an hour is answered by nobody for a while.
MAX_NEW_BY_MAIL = 10
MAX_UPDATES_BY_MAIL = 20
# How often a message is tried when others write the same rows.
MAIL_TRIES = 5
# How long what was decided stays in the list of parked messages.
PARKED_DAYS = 90
PARKED_REASONS = [
    ("failed", "Could not be read"),
    ("size", "Too large"),
    ("route", "No team has this address"),
    ("refused", "The address takes no messages of this sender"),
    ("loop", "Too many of this sender"),
    ("auto_reply", "Automatic answer"),
    ("bounce", "Delivery failure"),
    ("files", "Files that are not allowed"),
]
PARKED_STATES = [
    ("parked", "To Decide"),
    ("done", "Done"),
    ("discarded", "Discarded"),
]
SMS_DIRECTIONS = [("in", "Received"), ("out", "Kept, not sent")]
FILE_PROBLEMS = [
    ("empty", "Empty"),
    ("size", "Too large"),
    ("type", "Kind of file"),
    ("name", "Name does not fit the content"),
    ("broken", "Damaged"),
    ("many", "Too many files"),
]

# -- complaints
SEVERITIES = [
    ("minor", "Minor"),
    ("moderate", "Moderate"),
    ("serious", "Serious"),
    ("critical", "Critical"),
]
COMPLEXITIES = [("simple", "Simple"), ("medium", "Medium"), ("complex", "Complex")]
IMPACTS = [
    ("single", "One customer"),
    ("several", "Several customers"),
    ("many", "Many customers or the public"),
]
COMPLAINT_SUBJECTS = [
    ("product", "Product"),
    ("service", "Service"),
    ("person", "Person"),
    ("delivery", "Delivery"),
    ("fee", "Fee"),
]
OUTCOMES = [
    ("accepted", "Accepted by the customer"),
    ("silence", "No answer after reminders"),
    ("recourse", "Decided in recourse"),
    ("withdrawn", "Withdrawn by the customer"),
]
RECOURSE_LEVELS = [("internal", "Next level"), ("external", "Outside body")]
REMEDY_KINDS = [
    ("repair", "Repair"),
    ("replacement", "Replacement"),
    ("refund", "Refund"),
    ("apology", "Apology"),
    ("compensation", "Compensation"),
]
# Remedies that say nothing without an amount.
MONEY_KINDS = ("refund", "compensation")
REMEDY_STATES = [
    ("sought", "Sought"),
    ("proposed", "Proposed"),
    ("granted", "Granted"),
    ("refused", "Refused"),
    ("done", "Done"),
]
# -- causes and actions
CORRECTIVE_KINDS = [("corrective", "Corrective"), ("preventive", "Preventive")]
CORRECTIVE_STATES = [
    ("open", "To Do"),
    ("done", "Effect to Check"),
    ("effective", "Effective"),
    ("cancelled", "Dropped"),
]
EFFECT_RESULTS = [("effective", "Effective"), ("ineffective", "Without Effect")]
# The effect is checked so many days after the action is due, if nobody says else.
EFFECT_DAYS = 30
# Whoever is late with an action is reminded the next day, and every so many days.
REMIND_EVERY_DAYS = 7
# From this reminder on, others hear of it too.
REMIND_OTHERS_FROM = 2
REMIND_BATCH_SIZE = 200

# -- recurrence: told while a complaint is being written
# So many days back a complaint counts as the same again.
RECURRENCE_DAYS = 365
# Beyond so many it does not matter how many more there are.
RECURRENCE_LIMIT = 100
# So many of them are named.
RECURRENCE_SHOWN = 5
# -- installed units
ASSET_STATES = [
    ("sold", "Sold"),
    ("installed", "Installed"),
    ("out_of_service", "Out of Service"),
    ("returned", "Returned"),
    ("scrapped", "Scrapped"),
]
# Units that are not with a customer any more.
ASSET_GONE_STATES = ("returned", "scrapped")
# A component that was taken out is one of these.
REMOVED_STATES = [
    ("returned", "Goes back to the maker"),
    ("scrapped", "Scrapped"),
    ("out_of_service", "Stays with the customer"),
]
# The use of a unit per day is told from the readings of so many days.
METER_DAYS = 365
# So many components of a unit are shown in its tree.
MAX_COMPONENTS = 200
# -- duplicates, merging, links
# Tickets opened so many days ago may still be about the same thing.
DUPLICATE_DAYS = 90
# So many are shown while somebody types.
DUPLICATE_LIMIT = 5
# Subjects are alike whose trigrams agree by this share.
DUPLICATE_SIMILARITY = 0.45
# Those of other customers must be more alike: many have the same trouble.
DUPLICATE_SIMILARITY_OTHERS = 0.6
# A merge can be undone for so many days.
MERGE_UNDO_DAYS = 30
LINK_KINDS = [
    ("related", "Related to"),
    ("duplicate", "Duplicate of"),
    ("caused_by", "Caused by"),
    ("follow_up", "Follow-up of"),
]
# -- phone
CALL_DIRECTIONS = [("in", "Incoming"), ("out", "Outgoing")]
CALL_STATES = [
    ("ringing", "Ringing"),
    ("answered", "In conversation"),
    ("ended", "Ended"),
    ("missed", "Missed"),
]
CALLBACK_STATES = [("open", "To call"), ("done", "Done"), ("cancelled", "Cancelled")]
# After so long nobody answers any more, and the caller has hung up.
RING_SECONDS = 180
# After so long somebody forgot to end a call.
LONGEST_CALL_HOURS = 4
# A missed call is to be answered by a call within so many hours.
MISSED_CALLBACK_HOURS = 4
# -- what customers are told
ACKNOWLEDGEMENT = "acknowledgement"
# The text for an address that nobody has confirmed to be the customer's.
UNVERIFIED = "unverified"
NOTIFICATION_EVENTS = [
    (ACKNOWLEDGEMENT, "Request came in"),
    *PHASES,
    (UNVERIFIED, "Address not confirmed"),
]
NOTIFICATION_MEANS = [("email", "E-mail"), ("sms", "SMS")]
NOTIFY_BY = [
    ("email", "E-mail"),
    ("sms", "SMS"),
    ("both", "E-mail and SMS"),
    ("none", "Nothing"),
]
NOTIFICATION_STATES = [
    ("queued", "Waiting"),
    ("sending", "Handed Over"),
    ("sent", "Sent"),
    ("delivered", "Arrived"),
    ("failed", "Failed"),
    ("suppressed", "Not Sent"),
]
NOTIFICATION_REASONS = [
    ("retry", "It failed and is tried again"),
    ("overtaken", "Something newer was to be told"),
    ("known", "The customer had been told so already"),
    ("too_old", "It had waited too long"),
    ("no_address", "There is no address or number"),
    ("declined", "The customer does not want it"),
    ("muted", "Messages of this ticket are switched off"),
    ("archived", "The ticket was archived"),
    ("merged", "The ticket was merged into another one"),
    ("limit", "Too many messages to this address today"),
    ("blocked", "The address or number is on the block list"),
    ("no_text", "There is no text for it any more"),
    ("by_hand", "It was stopped by hand"),
    ("bounced", "It came back"),
    ("rejected", "It was refused for good"),
]
# Where staff enter what the customer tells them; elsewhere anybody may claim to have
# any address.
ATTENDED_CHANNELS = ("phone", "counter")
# A new ticket that was opened longer ago is a record of the past: nobody is told.
NOTIFY_NEW_HOURS = 24
# How many messages an address gets a day: one that nobody has confirmed, and one that
# may be another machine.
NOTIFY_UNVERIFIED_LIMIT = 3
NOTIFY_VERIFIED_LIMIT = 30
# How many messages are sent in one transaction, and how often the job looks.
NOTIFY_BATCH_SIZE = 20
NOTIFY_JOB_MINUTES = 5

# -- the complaint report
# So many causes, and products, have a bar of their own; the others share one.
PARETO_BARS = 12
REPORT_ACTIONS = 40
REPORT_UNITS = 8
REPORT_PERIODS = [
    ("this_month", "This month"),
    ("last_month", "Last month"),
    ("this_quarter", "This quarter"),
    ("last_quarter", "Last quarter"),
    ("this_year", "This year"),
    ("last_year", "Last year"),
    ("custom", "Other days"),
]

# -- contracts
CONTRACT_STATES = [
    ("draft", "Draft"),
    ("active", "In Force"),
    ("expired", "Expired"),
    ("terminated", "Terminated"),
    ("cancelled", "Cancelled"),
]
# A contract in one of these covers what happened within its term.
CONTRACT_COVERING_STATES = ("active", "expired", "terminated")
CONTRACT_SCOPES = [
    ("unit", "One unit"),
    ("site", "All units at a site"),
    ("customer", "All units of the customer"),
]
INVOICING_PERIODS = [
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half", "Half-Year"),
    ("year", "Year"),
]
INVOICING_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
INVOICING_MOMENTS = [("advance", "In advance"), ("arrears", "In arrears")]
RENEWAL_MODES = [
    ("none", "It ends"),
    ("remind", "Somebody is reminded"),
    ("automatic", "It is renewed automatically"),
]
BALANCE_KINDS = [("visits", "Visits"), ("hours", "Hours"), ("cases", "Cases")]
BALANCE_MOMENTS = [
    ("created", "When the ticket is made"),
    ("resolved", "When the ticket is resolved"),
]
USAGE_STATES = [
    ("used", "Used"),
    ("waiting", "To Decide"),
    ("refused", "Not Granted"),
    ("returned", "Given Back"),
]
# So exactly is counted what is used of a balance.
BALANCE_DIGITS = 5
# How many contracts are dealt with in one transaction by the daily job.
CONTRACT_BATCH_SIZE = 200

# -- letters
LETTER_PURPOSES = [
    ("acknowledgement", "Acknowledgement"),
    ("question", "Question"),
    ("interim", "It takes longer"),
    ("answer", "Our answer"),
    ("refusal", "Our answer, not accepted"),
    ("closing", "Closed"),
]
# What a letter says, if nobody chooses another text.
LETTER_TEMPLATES = {
    purpose: f"mail_template_complaint_{purpose}" for purpose, _label in LETTER_PURPOSES
}
# Letters that count as our answer to a complaint, or as a reply.
ANSWERING_LETTERS = ("answer", "refusal")
REPLYING_LETTERS = ("acknowledgement", "question", "interim")

# -- who pays
# What a ticket can cost, and who may bear it.
COST_KINDS = [
    ("part", "Parts"),
    ("labour", "Labour"),
    ("travel", "Travel"),
    ("fee", "Fees"),
    ("third_party", "Third Parties"),
]
PAYERS = [
    ("customer", "Customer"),
    ("warranty", "Warranty"),
    ("extension", "Warranty Extension"),
    ("contract", "Contract"),
    ("goodwill", "Goodwill"),
]
# -- time spent
TIME_KINDS = [("work", "Work"), ("travel", "Travel")]
# Nobody works longer than this without a break: a timer was forgotten.
LONGEST_TIME_HOURS = 24

# -- planned maintenance
MAINTENANCE_UNITS = [
    ("day", "Days"),
    ("week", "Weeks"),
    ("month", "Months"),
    ("year", "Years"),
    ("usage", "of a Meter"),
]
MAINTENANCE_BASES = [
    ("calendar", "The calendar: from the first day on"),
    ("done", "When the last one was done"),
]
MAINTENANCE_STATES = [
    ("planned", "Planned"),
    ("ticket", "Ticket Made"),
    ("skipped", "Skipped"),
]
# As people see it: the state, the ticket's phase and the day together.
MAINTENANCE_STATUSES = [
    ("planned", "Planned"),
    ("overdue", "Overdue"),
    ("ticket", "Under Way"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
    ("skipped", "Skipped"),
]
MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
# So many days ahead it is known what is due.
MAINTENANCE_HORIZON_DAYS = 366
# How many plans, and how many tickets, are dealt with in one transaction.
MAINTENANCE_PLAN_BATCH = 1000
MAINTENANCE_TICKET_BATCH = 100
# A unit that is no longer in use needs no maintenance.
IDLE_ASSET_STATES = ("out_of_service", "returned", "scrapped")
# From which day a warranty counts.
WARRANTY_BASES = [
    ("delivery", "Delivery"),
    ("installation", "Installation"),
    ("sale", "Sale"),
    ("manufacture", "Manufacture"),
    ("registration", "Registration"),
]
WARRANTY_PROVIDERS = [("own", "Ours to the customer"), ("supplier", "Supplier's to us")]
WARRANTY_STATES = [
    ("none", "No terms"),
    ("unknown", "Date missing"),
    ("future", "Not begun"),
    ("covered", "Covered"),
    ("ended", "Ended"),
]
# A cover that ends within so many days is worth telling the customer.
WARRANTY_SOON_DAYS = 60
FAULT_KINDS = [("symptom", "Symptom"), ("cause", "Cause"), ("remedy", "Remedy")]
