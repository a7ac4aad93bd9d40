#!/usr/bin/env bash
# Migrates the databases and rolls out a version, each program as the image that is named for it:
#
#   release.sh user=NAME@DIGEST product=NAME@DIGEST order=NAME@DIGEST gateway=NAME@DIGEST
#
# Whatever fails ends it, and the version before goes on. It needs kubectl, which knows the cluster. No file is changed:
# the images are put into a copy.
set -euo pipefail

services=(user product order)
programs=("${services[@]}" gateway)

fail() {
  echo "release.sh: $*" >&2
  exit 1
}

build() {
  local argument image='^([a-z]+)=([^@]+)@(sha256:[0-9a-f]{64})$'
  cp -R "$(dirname "$0")/base" "$(dirname "$0")/overlays" "$folder"
  mkdir "$folder/release"
  {
    echo 'resources: [../overlays/production]'
    echo 'images:'
    for argument in "$@"; do
      [[ $argument =~ $image ]] || fail "wants PROGRAM=NAME@sha256:…, not '$argument'"
      echo "  - {name: ${BASH_REMATCH[1]}, newName: '${BASH_REMATCH[2]}', digest: '${BASH_REMATCH[3]}'}"
    done
  } > "$folder/release/kustomization.yaml"
  kubectl kustomize "$folder/release" > "$folder/all.yaml"
  for program in "${programs[@]}"; do
    ! grep --quiet "image: $program\$" "$folder/all.yaml" || fail "no image is named for $program"
  done
}

kube() { kubectl --namespace "$namespace" "$@"; }

# apply applies what is labelled as one of the components, which are separated by commas.
apply() { kube apply --filename "$folder/all.yaml" --selector "app.kubernetes.io/component in ($1)"; }

migrate() {
  local job=$1-migrate ended=''
  kube delete job "$job" --ignore-not-found
  apply "$job"
  until [[ $ended == *Complete* || $ended == *Failed* ]]; do # at its deadline at the latest
    sleep 2
    ended=$(kube get job "$job" --output 'jsonpath={.status.conditions[?(@.status=="True")].type}')
  done
  kube logs --selector "batch.kubernetes.io/job-name=$job" --tail=-1 || true # a pod that never started has none
  [[ $ended != *Failed* ]] || fail "the database of $1 is not migrated: kubectl describe job $job"
}

roll() {
  apply "$1"
  kube rollout status "deployment/$1" || fail "$1 is not rolled out: kubectl describe deployment $1"
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build "$@"
namespace=$(awk '$1 == "namespace:" { print $2 }' "$folder/overlays/production/kustomization.yaml")

kube get secret "${programs[@]/%/-secrets}" # each must be there before anything is changed
apply settings,network,nats
kube rollout status statefulset/nats --timeout=15m
for service in "${services[@]}"; do migrate "$service"; done
for program in "${programs[@]}"; do roll "$program"; done
