"""The environment that `transformers` renders chat templates in, with a clock that stands still."""
import datetime

from transformers.utils import chat_template_utils


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2025, 3, 9, 14, 5, 7)


chat_template_utils.datetime = FixedTime


def compiled(source):
    return chat_template_utils._cached_compile_jinja_template(source)


def rendered(source, messages, tools=None, **variables):
    """The text, or the exception."""
    try:
        return compiled(source).render(messages=messages, tools=tools, documents=None, **variables)
    except Exception as problem:  # noqa: BLE001: a template can raise whatever Python can
        return problem
