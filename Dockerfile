# The server with everything that it needs and nothing that built it. Build it at the root of the repository:
#   docker build -t plimsoll .
#   docker run -p 11435:11435 -v plimsoll:/data -e PLIMSOLL_HTTP_TOKEN=… plimsoll
FROM node:22-bookworm-slim AS build
RUN corepack enable
WORKDIR /source
COPY . .
RUN pnpm install --frozen-lockfile \
  && pnpm exec turbo run build --filter=plimsoll \
  && pnpm --filter plimsoll deploy --prod --legacy /app

FROM node:22-bookworm-slim
ENV NODE_ENV=production \
  XDG_CONFIG_HOME=/data/config \
  XDG_DATA_HOME=/data \
  XDG_CACHE_HOME=/data/cache \
  PLIMSOLL_HTTP_HOST=0.0.0.0
COPY --from=build /app /app
RUN ln -s /app/bin/plimsoll.js /usr/local/bin/plimsoll && mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 11435
# Other machines reach it: without PLIMSOLL_HTTP_TOKEN, or a token in the settings, it refuses to start.
HEALTHCHECK CMD node -e "fetch('http://127.0.0.1:11435/health').then((a)=>process.exit(a.ok?0:1),()=>process.exit(1))"
STOPSIGNAL SIGTERM
ENTRYPOINT ["plimsoll"]
CMD ["serve", "--log", "info"]
