"""Which part of a mail did its sender write now? Attributions in many languages, quotes and signatures, line by line.

Every pattern here looks at one short line at a time, so that no text, however hostile, takes more than linear time.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

_LONGEST_ATTRIBUTION = 300
_WRAPPED_OVER = 3
_LONGEST_SIGNATURE = 30

_WROTE = re.compile(
    r"(\b(wrote|writes|schrieb|schreef|skrev|a écrit|escribió|escreveu|ha scritto|napsala?|napsal\(a\)|napisała?"
    r"|napisał\(a\)|kirjoitti|yazdı|írta|a scris|έγραψε|написа|написала?|написал\(а\)|пише|пишет)\b( .{1,120})?"
    r"|написал\(а\)|napsal\(a\)|napisał\(a\)|写道|寫道|作成者|님이 작성(하였습니다)?|のメール|さんは書きました)"
    r"\s*[:：]\s*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"^\s*[-_=]{2,}\s*(original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original"
    r"|messaggio originale|oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande|wiadomość oryginalna"
    r"|původní zpráva|mensagem original|оригинално съобщение|препратено съобщение|исходное сообщение"
    r"|пересылаемое сообщение|原始邮件|原邮件|原始郵件|转发邮件)\s*[-_=]{2,}\s*$",
    re.IGNORECASE,
)
_FROM_HEADER = re.compile(
    r"^[*\s]*(from|von|de|da|van|fra|från|od|от|от кого|发件人|發件人|寄件者|寄件人|差出人|보낸 사람|feladó|gönderen"
    r"|από)"
    r"\*?\s*[:：]",
    re.IGNORECASE,
)
_NEXT_HEADER = re.compile(
    r"^[*\s]*(sent|date|to|subject|cc|gesendet|datum|an|betreff|envoyé|à|objet|enviado|fecha|para|asunto|inviato|data|a"
    r"|oggetto|verzonden|aan|onderwerp|sendt|til|emne|skickat|till|ämne|wysłano|do|temat|odesláno|komu|předmět"
    r"|изпратено|дата|до|относно|отправлено|кому|тема|копие|发送时间|發送時間|时间|日期|收件人|主题|主旨|抄送|送信日時"
    r"|宛先|件名|보낸 날짜|받는 사람|제목)\*?\s*[:：]",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^\s*(\[[^\]]{1,40}\]\s*)?(fwd?|wg|tr|rv|i|enc|vb|vs|пр|fw|препр|转发|轉寄)\s*[:：]|\(fwd\)\s*$", re.IGNORECASE
)
_REPLY = re.compile(
    r"^\s*(\[[^\]]{1,40}\]\s*)?(re|aw|sv|vs|antw|odp|ynt|отг|回复|答复|回覆)(\[\d{1,3}\])?\s*[:：]", re.IGNORECASE
)
_SIGNATURE_DELIMITER = re.compile(r"^--\s*$")
_BLANK_RUN = re.compile(r"\n{3,}")


def is_forward(subject: str | None) -> bool:
    """Somebody else's mail is what a forwarder wants to show; it is never cut off."""
    return bool(subject and _FORWARD.search(subject[:200]))


def is_reply(subject: str | None) -> bool:
    return bool(subject and _REPLY.search(subject[:200]))


def find_quote_marks(lines: Sequence[str]) -> int | None:
    """The first line that begins with `>`: in an answer a quote, elsewhere perhaps a comparison."""
    return next((index for index, line in enumerate(lines) if _is_quoted(line)), None)


def find_quote(lines: Sequence[str]) -> int | None:
    """The line where an attribution, a separator or the head of an older mail begins."""
    return next((index for index in range(len(lines)) if _begins_quote(lines, index)), None)


def own_words(lines: Sequence[str], quote_at: int) -> str:
    """What stands above the quote, and between and below its `>` lines where it has any."""
    above, below = lines[:quote_at], lines[quote_at:]
    if not any(_is_quoted(line) for line in below[: _WRAPPED_OVER + 3]):
        return tidy("\n".join(above))
    attribution = len(list(takewhile(lambda line: not _is_quoted(line), below)))
    answers = [line for line in below[attribution:] if not _is_quoted(line)]
    again = find_quote(answers)
    return tidy("\n\n".join((tidy("\n".join(above)), tidy("\n".join(answers[:again])))))


def strip_signature(text: str) -> str:
    """Cut at the `-- ` line of RFC 3676, unless what follows is too long for a signature."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if _SIGNATURE_DELIMITER.match(line) and len(lines) - index <= _LONGEST_SIGNATURE:
            return tidy("\n".join(lines[:index]))
    return tidy(text)


def tidy(text: str) -> str:
    return _BLANK_RUN.sub("\n\n", text).strip()


def _begins_quote(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if not line.strip() or len(line) > _LONGEST_ATTRIBUTION:
        return False
    return bool(_SEPARATOR.match(line)) or _is_old_head(lines, index) or _is_attribution(lines, index)


def _is_old_head(lines: Sequence[str], index: int) -> bool:
    if not _FROM_HEADER.match(lines[index]):
        return False
    following = [line for line in lines[index + 1 : index + 6] if line.strip()]
    return sum(bool(_NEXT_HEADER.match(line[:_LONGEST_ATTRIBUTION])) for line in following) > 1


def _is_attribution(lines: Sequence[str], index: int) -> bool:
    """`On <date>, <name> wrote:`, perhaps wrapped; a date makes the difference to ordinary prose."""
    first = lines[index].lstrip("> ")
    joined = ""
    for line in lines[index : index + _WRAPPED_OVER]:
        if not line.strip():
            return False
        joined = f"{joined} {line.strip()}".strip()
        if len(joined) > _LONGEST_ATTRIBUTION:
            return False
        if _WROTE.search(joined):
            return any(char.isdigit() for char in first) or _quote_follows(lines, index)
    return False


def _quote_follows(lines: Sequence[str], index: int) -> bool:
    following = (line for line in lines[index + 1 : index + _WRAPPED_OVER + 2] if line.strip())
    return _is_quoted(next(following, ""))


def _is_quoted(line: str) -> bool:
    return line.lstrip(" ").startswith(">")
