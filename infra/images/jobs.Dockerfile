# Spark's master and workers, and the driver's code: the offline stages, without Airflow and the server.
FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/nightshelf
COPY infra/install infra/install
RUN infra/install/compiler.sh install
COPY pyproject.toml README.md LICENSE requirements.lock requirements-serving.lock ./
COPY jobs jobs
COPY feature_repo feature_repo
COPY serving serving
COPY dags dags
RUN infra/install/python.sh jobs /opt/venv

FROM python:3.11-slim-bookworm
WORKDIR /opt/nightshelf
COPY infra/install/java.sh infra/install/java.sh
# LightGBM runs on libgomp1.
RUN infra/install/java.sh install && apt-get update -qq && \
    apt-get install -y -qq --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/venv /opt/venv
RUN useradd --uid 10001 nightshelf && install -d -o nightshelf /var/lib/nightshelf
USER nightshelf
ENV PATH=/opt/venv/bin:$PATH TZ=UTC PYTHONUNBUFFERED=1 NIGHTSHELF_HOME=/var/lib/nightshelf
CMD ["nightshelf", "run"]
