"""ecase: electronic judicial sanction, from the investigator to the investigating judge and back."""

from ecase.celery import app as celery_app

__all__ = ["celery_app"]
