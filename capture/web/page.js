// SPDX-License-Identifier: GPL-2.0-or-later
// The charts of the page: the timeline (uPlot) and the stacks (d3-flame-graph). Texts from the file
// enter the document as text alone.
"use strict";
(() => {
	const { flamegraph, select, uPlot } = globalThis.charts;
	const numbers = JSON.parse(document.getElementById("numbers").textContent);
	const scheme = matchMedia("(prefers-color-scheme: dark)");
	const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
	const widthOf = (element) => {
		const style = getComputedStyle(element);
		return Math.floor(element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
	};
	const nameOf = (series) => series.word && series.word !== series.event ?
		`${series.event} ${series.word}` : series.event;

	for (const element of document.querySelectorAll(".scripted")) element.hidden = false;

	// The series above each other: each is drawn with the sum of those below it and of itself, the
	// highest first. A hidden one adds nothing.
	function sums(counts, shown) {
		const sum = new Array(counts[0].length).fill(0);

		return counts.map((series, i) => {
			if (shown[i]) series.forEach((count, at) => { sum[at] += count; });
			return sum.slice();
		});
	}

	// A time as in the tables: of the machine that made the page, whatever the browser's zone is.
	function clock(seconds, step, days) {
		const text = new Date(seconds * 1e3).toISOString();

		if (step >= 86400) return text.slice(0, 10);
		if (days && step >= 60) return text.slice(5, 16).replace("T", " ");
		return text.slice(11, step >= 60 ? 16 : step >= 1 ? 19 : 23);
	}

	function drawTimeline(element) {
		const { first_ns, width_ns, zone_s, series } = numbers.timeline;
		const width = width_ns / 1e9, start = first_ns / 1e9 + zone_s;
		const counts = series.map((one) => one.counts.slice());
		const length = counts[0].length, days = length * width > 86400;
		// One empty interval on either side: a lone one would have no width.
		for (const one of counts) {
			one.unshift(0);
			one.push(0);
		}
		const times = Array.from({ length: length + 2 }, (_, i) => start + (i - 1) * width);
		const shown = series.map(() => true);
		const data = () => [times, ...sums(counts, shown).reverse()];
		const last = series.length; // uPlot's series 1 is our last one
		const axis = (more) => ({
			stroke: colour("--dim"), grid: { stroke: colour("--line"), width: 1 },
			ticks: { stroke: colour("--line"), width: 1 }, font: "12px system-ui, sans-serif", ...more,
		});
		const lines = series.map((one, i) => ({
			label: nameOf(one), stroke: colour(`--s${i}`), fill: colour(`--s${i}`), width: 0,
			paths: uPlot.paths.bars({ size: [1, Infinity], align: 1, gap: length > 150 ? 0 : 1 }),
			points: { show: false },
			value: (_, __, ___, at) => at === null ? counts[i].reduce((a, b) => a + b, 0) : counts[i][at],
		})).reverse();
		const chart = new uPlot({
			width: widthOf(element), height: 260, padding: [null, 36, null, null],
			series: [{ label: "Time", value: (_, time) => time === null ? "all" : clock(time, width, days) }, ...lines],
			tzDate: (time) => uPlot.tzDate(new Date(time * 1e3), "Etc/UTC"),
			scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.05)] } },
			axes: [axis({ space: 80, values: (_, splits, __, ___, step) => splits.map((time) => clock(time, step, days)) }), axis({ size: 56, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5,
				1e6, 1e7, 1e8] })],
			cursor: { y: false, points: { show: false } },
			legend: { live: true },
			hooks: {
				setSeries: [(self, index, change) => {
					if (index === null || change.show === undefined) return;
					shown[last - index] = change.show;
					self.setData(data(), false);
				}],
			},
		}, data(), element);
		// The legend has the order of the tables.
		chart.root.querySelectorAll(".u-series").forEach((row, i) => { row.style.order = i ? last + 1 - i : 0; });
	}

	// The stacks as one tree.
	function treeOf(stacks) {
		const root = { name: "all drops", value: 0, children: [] };

		for (const { frames, count } of stacks) {
			let node = root;

			node.value += count;
			for (const name of frames) {
				let child = node.children.find((one) => one.name === name);

				if (!child) node.children.push(child = { name, value: 0, children: [] });
				child.value += count;
				node = child;
			}
		}
		return root;
	}

	function drawStacks(element) {
		const detail = document.getElementById("stacks-detail");
		const search = document.getElementById("stacks-search");
		const fill = colour("--flame"), found = colour("--s0");
		const all = numbers.stacks.reduce((sum, stack) => sum + stack.count, 0);
		const say = (node) => {
			const { name, value } = node.data;

			return `${name}: ${value.toLocaleString("en")} ${value === 1 ? "drop" : "drops"}, ` +
				`${(100 * value / all).toFixed(1)}%`;
		};
		const chart = flamegraph().width(widthOf(element)).cellHeight(20).transitionDuration(0)
			.minFrameSize(1).tooltip(false).selfValue(false).setLabelHandler(say)
			.setSearchMatch((node, term) => node.data.name.includes(term))
			.setColorMapper((node) => node.highlight ? found : fill)
			.onHover((node) => { detail.textContent = say(node); });

		select(element).datum(treeOf(numbers.stacks)).call(chart);
		search.oninput = () => search.value ? chart.search(search.value) : chart.clear();
		document.getElementById("stacks-reset").onclick = () => {
			search.value = "";
			chart.clear();
			chart.resetZoom();
			detail.textContent = "";
		};
		if (search.value) chart.search(search.value);
	}

	const places = [["timeline-chart", drawTimeline, numbers.timeline.series.length],
		["stacks-chart", drawStacks, numbers.stacks.length]];
	let drawnWidth = 0;

	function draw() {
		for (const [id, drawIn, any] of places) {
			const element = document.getElementById(id);

			if (!element || !any) continue;
			element.replaceChildren();
			element.classList.add("drawn"); // from now on it has a width
			drawIn(element);
		}
		drawnWidth = document.documentElement.clientWidth;
	}

	draw();
	scheme.addEventListener("change", draw);
	let due;
	addEventListener("resize", () => {
		clearTimeout(due);
		due = setTimeout(() => {
			if (document.documentElement.clientWidth !== drawnWidth) draw();
		}, 150);
	});
})();
