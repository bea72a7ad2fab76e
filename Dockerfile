# The agent and the pager as one image, and the demo beside them: sources and production packages, no build step, nothing writable but /data and /tmp.
FROM node:24.21.0-bookworm-slim AS sources

WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages are other builds of Node, for machines that have none that is new enough.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund --no-update-notifier && npm cache clean --force
COPY agent ./agent
COPY alertmanager/pager ./alertmanager/pager
COPY LICENSE ./

RUN printf '#!/bin/sh\nexec node /app/agent/main.ts "$@"\n' > /usr/local/bin/linda \
  && printf '#!/bin/sh\nexec node /app/alertmanager/pager/main.ts "$@"\n' > /usr/local/bin/linda-pager \
  && chmod 0755 /usr/local/bin/linda /usr/local/bin/linda-pager \
  && mkdir /data && chown node:node /data

ENV NODE_ENV=production
# The default paths ./linda.yaml, ./data and ./secrets are then /linda.yaml, /data and /secrets.
WORKDIR /
USER node
STOPSIGNAL SIGTERM

# The simulator and the people of `npm run demo`, for the profile demo of docker-compose.yml.
FROM sources AS demo
COPY tests/simulator /app/tests/simulator
COPY tests/demo /app/tests/demo
COPY tests/harness/whole.ts /app/tests/harness/whole.ts
ENTRYPOINT ["node", "/app/tests/demo/beside.ts"]

FROM sources AS linda
VOLUME /data
EXPOSE 9464 8420
# Linda stops in node.stop_within (10 s by default); give the container a little more.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["linda"]
CMD ["run"]
