# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""Tells messages that a machine sent from those that a person wrote (RFC 3834).

>>> from email import message_from_string as read
>>> get_kind(read("Auto-Submitted: auto-replied (vacation)\\n\\n"))
'reply'
>>> get_kind(read("Auto-Submitted: auto-generated\\n\\n"))
'notice'
>>> get_kind(read("Subject: 自动回复: 冰箱\\n\\n"))
'reply'
>>> get_kind(read("Subject: Fridge\\nAuto-Submitted: no\\n\\n"))
"""

import re

# How mail programs call the answers that they give by themselves.
REPLY_SUBJECTS = re.compile(
    r"^\W*(re|aw|sv|tr|rv|回复|回覆|答复)?\W*("
    r"out of (the )?office|automatic(ally generated)? (reply|response)|auto[- ]?reply"
    r"|autoreply|auto[- ]?response|auto:|vacation (reply|response)"
    r"|away from (the )?office"
    r"|abwesenheit|automatische (antwort|abwesenheit)|abwesend\b"
    r"|r[ée]ponse automatique|absence du bureau|absent\(e\) du bureau"
    r"|respuesta autom[aá]tica|fuera de (la )?oficina"
    r"|risposta automatica|fuori (sede|ufficio)|assente\b"
    r"|resposta autom[aá]tica|fora do escrit[oó]rio"
    r"|automatisch antwoord|afwezig|autosvar|automatiskt svar|automatisk svar"
    r"|automaattinen vastaus|odpowied[zź] automatyczna|automatick[aá] odpov[eě][dď]"
    r"|automatikus v[aá]lasz|r[aă]spuns automat|автоответ|автоматический ответ"
    r"|нет на месте|otomatik yan[ıi]t|αυτόματη απάντηση"
    r"|自动回复|自動回覆|自動回復|自动答复|自動答覆|外出自动|休假自动"
    r"|自動返信|自動応答|不在通知|자동 ?(회신|응답)|부재중"
    r"|ตอบกลับอัตโนมัติ|trả lời tự động|balasan otomatis|رد تلقائي|מענה אוטומטי"
    r")",
    re.I,
)
# What mail programs write before the subject of what they answer.
ANSWER_PREFIX = re.compile(
    r"^((re|r|aw|antw|sv|vs|odp|ynt|回复|回覆|答复|答覆)\s*(\[\d+\])?\s*[:：]\s*)+",
    re.I,
)
BOUNCE_SUBJECTS = re.compile(
    r"undeliver(ed|able)|delivery (status )?(notification|failure|has failed)"
    r"|mail delivery (failed|system)|returned (mail|to sender)|failure notice"
    r"|unzustellbar|nicht zugestellt|non remis|[ée]chec de (la )?remise"
    r"|no se (ha )?(puede|pudo) entreg|mancat[ao] (consegna|recapito)|n[aã]o entregue"
    r"|退信|投递失败|投遞失敗|无法投递|無法投遞|未送达|配信不能|配信できません|반송",
    re.I,
)
BOUNCERS = re.compile(r"^\W*(mailer-daemon|postmaster|mail-daemon)\b", re.I)
READ_RECEIPT = "disposition-notification"


def strip_reply(subject):
    """Return a subject without what says that it is an answer.

    >>> strip_reply("RE: AW: Which valve?"), strip_reply("回复：哪个阀门")
    ('Which valve?', '哪个阀门')
    >>> strip_reply("Repair: which valve?")
    'Repair: which valve?'
    """
    return ANSWER_PREFIX.sub("", " ".join(subject.split()))


def get_kind(headers):
    """Return `reply`, `notice`, `list` or None for a person.

    :param headers: has `get(name, default)`; the subject is decoded already
    :return: `reply` answers by itself; `notice` was made by a machine, but may ask for
        something; `list` went to many
    """

    def get(name):
        return str(headers.get(name) or "").strip().lower()

    submitted = get("Auto-Submitted")
    precedence = get("Precedence")
    if submitted.startswith("auto-replied") or precedence == "auto_reply":
        return "reply"
    if any(
        get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autorespond-From")
    ):
        return "reply"
    if REPLY_SUBJECTS.search(str(headers.get("Subject") or "")):
        return "reply"
    if READ_RECEIPT in get("Content-Type"):
        return "reply"
    if submitted and not submitted.startswith("no"):
        return "notice"
    if get("List-Id") or get("List-Unsubscribe"):
        return "list"
    return "list" if precedence in ("bulk", "list", "junk") else None


def is_bounce(sender, subject):
    """Tell whether a message says that another could not be delivered.

    >>> is_bounce("PostMaster@example.com", "系统退信/Systems bounce")
    True
    >>> is_bounce("ann@example.com", "Undelivered parcel")
    False
    """
    return bool(BOUNCERS.search(sender or "") and BOUNCE_SUBJECTS.search(subject or ""))


def is_forged(results):
    """Tell whether the receiving server says that the sender is not who he says.

    :param results: the texts of all `Authentication-Results` headers

    >>> is_forged(["mx.example.com; spf=fail; dmarc=fail (p=none)"]), is_forged([])
    (True, False)
    """
    return any(re.search(r"\bdmarc\s*=\s*fail\b", str(text), re.I) for text in results)
