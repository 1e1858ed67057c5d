# syntax=docker/dockerfile:1.10
# A silo with its HTTP surface, and with --entrypoint "dotnet Buddies.Api.dll" the one-process server.
# From the root of the repository: docker build -f k8s/images/server.Dockerfile -t buddies-server:development .
# (k8s/scripts/build-images does it, and records the digests of the bases.)

ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0.401-noble
ARG RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled

FROM ${SDK} AS build
ENV DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
WORKDIR /source
# Restore depends on these files alone, so that it is cached while the code changes.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Engine/*.csproj src/Engine/
COPY src/Storage/*.csproj src/Storage/
COPY src/Training/*.csproj src/Training/
COPY src/Embedded/*.csproj src/Embedded/
COPY src/Grains.Interfaces/*.csproj src/Grains.Interfaces/
COPY src/Grains/*.csproj src/Grains/
COPY src/Api/*.csproj src/Api/
COPY src/Silo/*.csproj src/Silo/
RUN dotnet restore src/Silo
COPY src/ src/
RUN dotnet publish src/Silo -c Release --no-restore -o /published -p:UseAppHost=false

# Chiselled: no shell, no package manager; its user is 1654 (app).
FROM ${RUNTIME}
WORKDIR /app
COPY --from=build /published ./
USER 1654:1654
EXPOSE 5080 11111 30000
ENTRYPOINT ["dotnet", "Buddies.Silo.dll"]
