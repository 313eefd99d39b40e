#!/bin/bash
# Installs what the tests need where it is missing: Debian packages, and Python packages in .build-deployment.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=$here/../../.build-deployment

missing=()
while read -r package; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$status" = installed ] || missing+=("$package")
done <"$here/apt-packages.txt"
if [ ${#missing[@]} -gt 0 ]; then
	echo "installing: ${missing[*]}"
	sudo=$([ "$(id -u)" = 0 ] || echo sudo)
	$sudo apt-get -qq update
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! cmp -s "$here/requirements.txt" "$environment/requirements.txt"; then
	echo "installing Python packages in $environment"
	# The system's own Python: the one that its python3-venv belongs to.
	/usr/bin/python3 -m venv --clear "$environment"
	"$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
	cp "$here/requirements.txt" "$environment/requirements.txt"
fi
