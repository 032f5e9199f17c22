# The portal: one image for web, worker, beat and whatever is run once. See docs/deployment.md.

FROM python:3.11-slim-bookworm AS build

WORKDIR /srv/portal
COPY requirements.lock .
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --only-binary :all: --require-hashes -r requirements.lock
COPY . .
# Django wants its settings; the example has all but the key, and neither gets into the image as a setting.
RUN ENV_FILE=.env.example SECRET_KEY=for-this-step-alone VAR_DIR=/srv/portal/var \
    /venv/bin/python manage.py collectstatic --no-input \
    && /venv/bin/python -m compileall -q .

FROM python:3.11-slim-bookworm

# The number is fixed so that folders outside can be given to it.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install --directory --owner portal --group portal /srv/media \
    && python -m pip uninstall --yes --root-user-action ignore pip setuptools wheel
COPY --from=build /venv /venv
COPY --from=build /srv/portal /srv/portal

ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ENV_FILE=/dev/null \
    VAR_DIR=/srv/portal/var \
    MEDIA_DIR=/srv/media
WORKDIR /srv/portal
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=8s --start-period=60s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "alkmaar_portal.wsgi"]
