# The server with its screens. Everything is restored by lock files; the runtime has neither shell nor package manager and runs as user 1654.
#   docker build -t chat --build-arg REVISION=$(git rev-parse HEAD) .
#   docker run -p 8080:8080 -p 127.0.0.1:8081:8081 -v chat-data:/data chat         (one node with an embedded database)
# A release names its base images by digest, and is refused without: a tag is another image tomorrow.
#   docker build --build-arg RELEASE=1 --build-arg NODE_IMAGE=node:22-bookworm-slim@sha256:… --build-arg SDK_IMAGE=…@sha256:… --build-arg RUNTIME_IMAGE=…@sha256:…
ARG RELEASE=
ARG NODE_IMAGE=node:22-bookworm-slim
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled

FROM ${NODE_IMAGE} AS web
ARG RELEASE
ARG NODE_IMAGE
ARG SDK_IMAGE
ARG RUNTIME_IMAGE
RUN if [ -n "$RELEASE" ]; then for image in "$NODE_IMAGE" "$SDK_IMAGE" "$RUNTIME_IMAGE"; do \
      case "$image" in *@sha256:*) ;; *) echo "A release needs $image by its digest (…@sha256:…)." >&2; exit 1 ;; esac; done; fi
WORKDIR /build/src/web
COPY src/web ./
RUN npm ci --no-audit --no-fund && npm run build

FROM ${SDK_IMAGE} AS publish
WORKDIR /build
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig BannedSymbols.txt ./
COPY src/Chat.Contracts/Chat.Contracts.csproj src/Chat.Contracts/packages.lock.json src/Chat.Contracts/
COPY src/Chat.Server/Chat.Server.csproj src/Chat.Server/packages.lock.json src/Chat.Server/
COPY src/Chat.Server/Web/Web.targets src/Chat.Server/Web/
RUN case $(uname -m) in aarch64) echo linux-arm64 ;; *) echo linux-x64 ;; esac >/runtime \
 && dotnet restore src/Chat.Server --locked-mode -p:ImageRuntime=$(cat /runtime)
COPY src/Chat.Contracts src/Chat.Contracts
COPY src/Chat.Server src/Chat.Server
COPY --from=web /build/src/web/dist src/web/dist
RUN dotnet publish src/Chat.Server -c Release --no-restore -p:ImageRuntime=$(cat /runtime) -p:BuildWeb=false -p:DebugType=none -p:PublishDocumentationFiles=false \
    -p:UseAppHost=false -p:SatelliteResourceLanguages=en -o /app \
 && mkdir /data

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Chat" \
      org.opencontainers.image.description="Self-hosted, real-time customer chat that loses no message" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=publish /app ./
COPY --from=publish --chown=1654:1654 /data /data
# The base image names ports of its own, which Http__Port and Http__ManagementPort replace.
ENV ASPNETCORE_HTTP_PORTS= \
    Http__Address=* \
    Storage__DataFolder=/data
EXPOSE 8080 8081
USER 1654
# Takes SIGTERM itself: it drains, and then ends with 0.
ENTRYPOINT ["dotnet", "Chat.Server.dll"]
