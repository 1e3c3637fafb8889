# The server alone: no Java, Spark, torch or Airflow.
FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/nightshelf
COPY infra/install infra/install
RUN infra/install/compiler.sh install
COPY pyproject.toml README.md LICENSE requirements.lock requirements-serving.lock ./
COPY jobs jobs
COPY feature_repo feature_repo
COPY serving serving
COPY dags dags
RUN infra/install/python.sh serving /opt/venv

FROM python:3.11-slim-bookworm
WORKDIR /opt/nightshelf
COPY --from=build /opt/venv /opt/venv
RUN useradd --uid 10001 nightshelf && install -d -o nightshelf /var/lib/nightshelf
USER nightshelf
ENV PATH=/opt/venv/bin:$PATH TZ=UTC PYTHONUNBUFFERED=1 NIGHTSHELF_HOME=/var/lib/nightshelf
ENV NIGHTSHELF_SERVING__HOST=0.0.0.0
EXPOSE 8000
CMD ["python", "-m", "serving"]
