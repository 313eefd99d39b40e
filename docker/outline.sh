#!/bin/sh
# Writes the package's outline to the directory $1: what SwiftPM has to see of it to build all that it depends on.
set -eu
outline=$1
mkdir -p "$outline"
cp Package.swift "$outline"
# The command is the Makefile's own, whose other rules don't matter here.
make --dry-run --no-print-directory --assume-old=build-dependencies build >"$outline/build.sh"
for target in Sources/* Tests/*; do
	if [ -e "$target/module.modulemap" ]; then
		mkdir -p "$outline/$target"
		cp "$target"/* "$outline/$target"
	elif find "$target" -name '*.swift' | grep -q .; then
		mkdir -p "$outline/$target"
		# Only a file of this name can be linked to a program without a word in it.
		name=$(if grep -rq '^@main' "$target"; then echo main; else echo Empty; fi)
		: >"$outline/$target/$name.swift"
	fi
done
# The directories that it leaves out, and the resources that it names.
grep -o 'exclude: \["[^"]*"\]' Package.swift | cut -d '"' -f 2 | while read -r directory; do
	for place in Tests/*/"$directory"; do
		mkdir -p "$outline/$place"
	done
done
grep -o 'embedInCode("[^"]*")' Package.swift | cut -d '"' -f 2 | while read -r resource; do
	for file in Sources/*/"$resource"; do
		mkdir -p "$outline/$(dirname "$file")"
		: >"$outline/$file"
	done
done
