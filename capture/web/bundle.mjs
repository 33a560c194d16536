// SPDX-License-Identifier: GPL-2.0-or-later
// Makes charts.js and charts.css, which the program embeds, of the packages in package-lock.json:
//   npm ci --ignore-scripts && npm run bundle
// Both are in the repository, so that a build needs neither npm nor a network. They begin with the
// licences of what is in them, which therefore are in every page, too.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

// The packages that have bytes in an output.
function packagesOf(output) {
	const names = new Set();

	for (const [path, input] of Object.entries(output.inputs)) {
		const match = path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);

		if (match && input.bytesInOutput) names.add(match[1]);
	}
	return [...names].sort();
}

function read(name, file) {
	return readFileSync(`node_modules/${name}/${file}`, "utf8");
}

// The line of a package, and the text of its licence without the line of the copyright.
function licenceOf(name) {
	const { version, license } = JSON.parse(read(name, "package.json"));
	const lines = read(name, "LICENSE").trim().split("\n");
	const copyright = lines.find((line) => /^Copyright .*\d{4}/.test(line)) ?? "";
	const text = lines.filter((line) => line !== copyright).join("\n").trim();

	return { head: `${name} ${version} (${license}) ${copyright}`.trim(), text };
}

// Each text once, below the packages that have it.
function licenceTexts(names) {
	const texts = new Map();

	for (const { head, text } of names.map(licenceOf))
		texts.set(text, [...(texts.get(text) ?? []), head]);
	return [...texts].map(([text, heads]) => `${heads.join("\n")}\n\n${text}`).join("\n\n----\n\n");
}

function comment(file, names) {
	const text = file === "charts.js" ? licenceTexts(names) :
		`${names.map((name) => licenceOf(name).head).join("\n")}\n\nThe licences are at the start of charts.js.`;

	return `/*!\nMade by bundle.mjs. Libraries in the page of tcpdropcap report:\n\n${text}\n*/\n`;
}

const result = await build({
	entryPoints: ["charts_entry.mjs"],
	bundle: true,
	minify: true,
	format: "iife",
	target: "es2020",
	charset: "ascii",
	legalComments: "none",
	outfile: "charts.js",
	metafile: true,
	write: false,
});
const all = Object.values(result.metafile.outputs).flatMap(packagesOf);

for (const file of result.outputFiles) {
	const name = basename(file.path);
	const own = packagesOf(result.metafile.outputs[name]);
	const head = comment(name, name === "charts.js" ? [...new Set(all)].sort() : own);

	// The text of an element ends at these, wherever they are.
	if (/<\/(script|style)|<!--/i.test(head + file.text) || head.slice(2, -3).includes("*/"))
		throw new Error(`${name} cannot be in a page`);
	writeFileSync(name, head + file.text);
}
