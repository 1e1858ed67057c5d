# syntax=docker/dockerfile:1.10
# The tool `buddies`: training, imports, the store's care.
# From the root of the repository: docker build -f k8s/images/trainer.Dockerfile -t buddies-trainer:development .
# (k8s/scripts/build-images does it, and records the digests of the bases.)

ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0.401-noble
ARG RUNTIME=mcr.microsoft.com/dotnet/runtime:10.0.12-noble-chiseled

FROM ${SDK} AS build
ENV DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Engine/*.csproj src/Engine/
COPY src/Storage/*.csproj src/Storage/
COPY src/Training/*.csproj src/Training/
COPY src/Cli/*.csproj src/Cli/
RUN dotnet restore src/Cli
COPY src/ src/
RUN dotnet publish src/Cli -c Release --no-restore -o /published -p:UseAppHost=false

FROM ${RUNTIME}
WORKDIR /app
COPY --from=build /published ./
USER 1654:1654
ENTRYPOINT ["dotnet", "buddies.dll"]
