"""Fields of our own, for forms and JSON alike."""

from typing import Any

from marshmallow import ValidationError, fields


class YesOrNo(fields.Boolean):
    """True or false, and nothing that only counts as one of them: a consent is no number."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if value is True or value is False:
            return bool(value)
        raise ValidationError("not_a_boolean")
