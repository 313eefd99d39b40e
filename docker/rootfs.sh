#!/bin/sh
# Writes to the directory $1 the root of a file system in which ocm runs: the program, the libraries that it is linked to,
# the certificates that it trusts, and what is said of their packages where scanners look for it.
set -eu
root=$1
program=/usr/bin/ocm

libraries=$(ldd "$program" | grep -o '/[^ ]*')
for file in "$program" $libraries /etc/ssl/certs/ca-certificates.crt /usr/share/doc/ocm/copyright; do
	mkdir -p "$root$(dirname "$file")"
	cp -L "$file" "$root$file"
done

mkdir -p "$root/etc" "$root/tmp" "$root/proc" "$root/sys" "$root/dev" "$root/run" "$root/var/lib/dpkg/status.d"
chmod 1777 "$root/tmp"
cp -L /etc/os-release /etc/debian_version "$root/etc"
printf 'root:x:0:0:root:/:/nonexistent\nocm:x:65532:65532:ocm:/:/nonexistent\n' >"$root/etc/passwd"
printf 'root:x:0:\nocm:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"

packages=ca-certificates
for library in $libraries; do
	# A library may be known by the path from before /lib was a link to /usr/lib, or from after.
	packages="$packages $(dpkg-query -S "$(readlink -f "$library")" "*${library#/usr}" 2>/dev/null | sed 's/:.*//' || true)"
done
for package in $(printf '%s\n' $packages | sort -u); do
	dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
	mkdir -p "$root/usr/share/doc/$package"
	cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/" 2>/dev/null || true
done
