// SPDX-License-Identifier: GPL-2.0-or-later
// What page.js uses of the libraries; bundle.mjs makes charts.js of it.
import flamegraph from "d3-flame-graph";
import { select } from "d3-selection";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

globalThis.charts = { flamegraph, select, uPlot };
