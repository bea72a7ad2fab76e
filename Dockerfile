# The agent as an image: sources and production packages, no build step, nothing writable but /data and /tmp.
FROM node:24.21.0-bookworm-slim

WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages are other builds of Node, for machines that have none that is new enough.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund --no-update-notifier && npm cache clean --force
COPY agent ./agent
COPY LICENSE ./

RUN printf '#!/bin/sh\nexec node /app/agent/main.ts "$@"\n' > /usr/local/bin/linda \
  && chmod 0755 /usr/local/bin/linda \
  && mkdir /data && chown node:node /data

ENV NODE_ENV=production
# The default paths ./linda.yaml, ./data and ./secrets are then /linda.yaml, /data and /secrets.
WORKDIR /
USER node
VOLUME /data
EXPOSE 9464 8420
# Linda stops in node.stop_within (10 s by default); give the container a little more.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["linda"]
CMD ["run"]
