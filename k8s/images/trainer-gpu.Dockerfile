# syntax=docker/dockerfile:1.10
# The tool `buddies` with the trainer on libtorch and its CUDA libraries, which make it gigabytes large.
# From the root of the repository: docker build -f k8s/images/trainer-gpu.Dockerfile -t buddies-trainer-gpu:development .
# (k8s/scripts/build-images --gpu does it, and records the digests of the bases.)

ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0.401-noble
ARG RUNTIME=mcr.microsoft.com/dotnet/runtime:10.0.12-noble

FROM ${SDK} AS build
ENV DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TorchRuntime=cuda
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Engine/*.csproj src/Engine/
COPY src/Storage/*.csproj src/Storage/
COPY src/Training/*.csproj src/Training/
COPY src/Training.Torch/*.csproj src/Training.Torch/
COPY src/Cli/*.csproj src/Cli/
RUN dotnet restore src/Cli && dotnet restore src/Training.Torch
COPY src/ src/
# The tool looks for what it loads at run time in the folder torch beside it.
RUN dotnet publish src/Cli -c Release --no-restore -o /published -p:UseAppHost=false
RUN dotnet publish src/Training.Torch -c Release --no-restore -o /published/torch

# Not chiselled: the container toolkit links the driver's libraries into it.
FROM ${RUNTIME}
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
WORKDIR /app
COPY --from=build /published ./
USER 1654:1654
ENTRYPOINT ["dotnet", "buddies.dll"]
