# One image for the worker and the API: `ficha up --only worker`, `ficha up --only api`.
FROM node:20.20-bookworm-slim AS packages
WORKDIR /opt/ficha
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production UV_THREADPOOL_SIZE=16 FICHA_MODE=production FICHA_HOME=/var/lib/ficha FICHA_HOST=0.0.0.0 FICHA_PORT=4680
WORKDIR /opt/ficha
COPY --from=packages /opt/ficha/node_modules node_modules
COPY . .
RUN mkdir -p /var/lib/ficha && chown node:node /var/lib/ficha
USER node
VOLUME /var/lib/ficha
EXPOSE 4680
# what a batch of the worker makes and drops is collected while it is young: less than half the processor a record
ENTRYPOINT ["node", "--max-semi-space-size=64", "bin/ficha.cjs"]
CMD ["up"]
