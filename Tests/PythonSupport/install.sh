#!/bin/bash
# Installs what tests written in Python need, where it is missing: Debian's packages (apt-packages.txt), and in
# .build-python Python's (requirements.txt), of the test directories named, and our own Python client.
set -euo pipefail
repository=$(cd "$(dirname "$0")/../.." && pwd)
environment=$repository/.build-python
client=$repository/Sources/PythonClient

missing=()
requirements=()
for directory in "$@"; do
	while read -r package; do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
		[ "$status" = installed ] || missing+=("$package")
	done <"$directory/apt-packages.txt"
	requirements+=(--requirement "$directory/requirements.txt")
done
if [ ${#missing[@]} -gt 0 ]; then
	echo "installing: ${missing[*]}"
	sudo=$([ "$(id -u)" = 0 ] || echo sudo)
	$sudo apt-get -qq update
	RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
fi

wanted=$(cat "${@/%//requirements.txt}" "$client/pyproject.toml")
if [ "$wanted" != "$(cat "$environment/installed" 2>/dev/null)" ]; then
	echo "installing Python packages in $environment"
	# The system's own Python: the one that its python3-venv belongs to.
	/usr/bin/python3 -m venv --clear "$environment"
	pip=("$environment/bin/pip" install --quiet --disable-pip-version-check)
	"${pip[@]}" "${requirements[@]}"
	"${pip[@]}" --no-build-isolation --editable "$client"
	echo "$wanted" >"$environment/installed"
fi
