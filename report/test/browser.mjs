// SPDX-License-Identifier: GPL-2.0-or-later
// Opens rendered reports in headless Chromium and looks at them as a reader's browser does: errors,
// links, figures, widths, contrast, and the same without scripts. TAP on stdout.
//
// browser.mjs CHROMIUM SCREENSHOTS NAME=FOLDER...

import { createRequire } from 'node:module';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import path from 'node:path';

const require = createRequire(new URL('../package.json', import.meta.url));
const { chromium } = require('playwright-core');

const [executablePath, screenshots, ...reports] = process.argv.slice(2);
const pages = ['index', 'q1', 'q2', 'q3', 'q4', 'q5', 'kernels', 'ref-kernel'];
// The page of many runs is there if it was asked for.
const pagesOf = (folder) => [...pages, ...(existsSync(path.join(folder, 'trend.html')) ? ['trend'] : [])];
const themes = ['light', 'dark'];
const widths = { desktop: 1200, phone: 390 };

let count = 0;
let failed = 0;

function ok(pass, text, ...details) {
	count++;
	failed += pass ? 0 : 1;
	console.log(`${pass ? '' : 'not '}ok ${count} - ${text}`);
	if (!pass)
		for (const detail of details)
			console.log(`# ${detail}`);
}

// ---- what runs in the page ----

// Everything that is wider than the window and does not scroll by itself.
function overflowing() {
	const root = document.documentElement;
	const out = [];

	if (root.scrollWidth > root.clientWidth)
		out.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
	for (const element of document.querySelectorAll('main *')) {
		const box = element.getBoundingClientRect();
		if (box.width && box.right > root.clientWidth + 1 && !element.closest('.scroll, pre, svg'))
			out.push(`<${element.localName} class="${element.className}"> ends at ${box.right}`);
	}
	return out;
}

// A figure has a role, a name, words and marks, and every text in it lies within it.
function figureFaults() {
	const out = [];

	for (const figure of document.querySelectorAll('figure')) {
		const svg = figure.querySelector('svg');
		const id = figure.id;
		const box = svg && svg.getBoundingClientRect();

		if (!svg || box.width < 100 || box.height < 50) {
			out.push(`${id}: no picture`);
			continue;
		}
		if (svg.getAttribute('role') !== 'img')
			out.push(`${id}: no role`);
		for (const name of svg.getAttribute('aria-labelledby').split(' '))
			if (!document.getElementById(name)?.textContent)
				out.push(`${id}: ${name} says nothing`);
		if (svg.querySelectorAll('text').length < 3)
			out.push(`${id}: no labels`);
		if (svg.querySelectorAll('polygon, path, use, circle').length < 3)
			out.push(`${id}: nothing drawn`);
		for (const text of svg.querySelectorAll('text')) {
			const at = text.getBoundingClientRect();
			if (at.width && (at.left < box.left - 2 || at.right > box.right + 2 || at.bottom > box.bottom + 2))
				out.push(`${id}: "${text.textContent}" is cut off`);
		}
	}
	return out;
}

// Pairs of texts of a figure that lie on each other.
function overlappingLabels() {
	const out = [];

	for (const svg of document.querySelectorAll('figure svg')) {
		const boxes = [...svg.querySelectorAll('text')].filter((t) => t.textContent.trim())
			.map((t) => [t.textContent.trim(), t.getBoundingClientRect()]);
		boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
			const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
			const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
			if (wide > 2 && high > 0.35 * Math.min(p.height, q.height))
				out.push(`${svg.closest('figure').id}: "${a}" on "${b}"`);
		}));
	}
	return out;
}

// Contrast of text against what it stands on, as WCAG counts it.
function weakContrast() {
	const parse = (text) => (text.match(/[\d.]+/g) || []).map(Number);
	const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
		.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = (element) => {
		for (let e = element; e; e = e.parentElement) {
			const c = parse(getComputedStyle(e).backgroundColor);
			if (c.length === 3 || c[3] > 0)
				return c;
		}
		return [255, 255, 255];
	};
	const out = new Set();

	for (const element of document.querySelectorAll('body *')) {
		const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
		if (!own || !element.getClientRects().length)
			continue;
		const style = getComputedStyle(element);
		const inPicture = element.closest('svg');
		const color = parse(inPicture && style.fill !== 'none' ? style.fill : style.color);
		const [a, b] = [light(color), light(ground(element))].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < 4.5)
			out.add(`${ratio.toFixed(2)}: <${element.localName} class="${element.getAttribute('class') || ''}">`);
	}
	return [...out];
}

function faultsOfTables() {
	const out = [];

	for (const table of document.querySelectorAll('table')) {
		const name = table.caption?.textContent.trim();
		if (!name)
			out.push('a table without caption');
		if ([...table.querySelectorAll('th')].some((th) => !th.scope))
			out.push(`${name}: a header without scope`);
		if ([...table.querySelectorAll('tbody td')].some((td) => !td.textContent.trim() && td.cellIndex > 0 && !table.closest('#parts')))
			out.push(`${name}: an empty cell`);
	}
	return out;
}

// ---- links: every file is there, every anchor is on its page ----

const anchors = new Map(); // file -> what can be pointed at in it

async function anchorsOf(context, link) {
	if (!anchors.has(link)) {
		const other = await context.newPage();
		await other.goto(link);
		anchors.set(link, new Set(await other.$$eval('[id]', (all) => all.map((e) => e.id))));
		await other.close();
	}
	return anchors.get(link);
}

async function brokenLinks(page) {
	const links = await page.$$eval('a[href], link[href], img[src], script[src]',
		(all) => all.map((e) => e.href || e.src));
	const out = [];

	for (const link of links) {
		if (link.startsWith('data:'))
			continue;
		const url = new URL(link);
		if (url.protocol !== 'file:') {
			out.push(`${link} leaves the folder`);
			continue;
		}
		const file = fileURLToPath(url.origin === 'null' ? link.split('#')[0] : url);
		if (!existsSync(file)) {
			out.push(`${link} is not there`);
		} else if (url.hash) {
			const there = await anchorsOf(page.context(), link.split('#')[0]);
			if (!there.has(decodeURIComponent(url.hash.slice(1))))
				out.push(`${link} has no such place`);
		}
	}
	return out;
}

// ---- one page, one width, one theme ----

async function openAll(context, folder, name, complaints) {
	const page = await context.newPage();

	page.on('console', (m) => complaints.push(`${m.type()}: ${m.text()}`));
	page.on('pageerror', (e) => complaints.push(`error: ${e.message}`));
	page.on('requestfailed', (r) => complaints.push(`cannot load ${r.url()}`));
	page.on('request', (r) => {
		if (!/^(file|data):/.test(r.url()))
			complaints.push(`asks for ${r.url()}`);
	});
	page.on('dialog', (d) => {
		complaints.push(`a dialog: ${d.message()}`);
		d.dismiss();
	});
	await page.goto(pathToFileURL(path.join(folder, `${name}.html`)).href);
	return page;
}

async function look(context, report, folder, name, size, theme) {
	const where = `${report}/${name} ${size} ${theme}`;
	const complaints = [];
	const page = await openAll(context, folder, name, complaints);
	let found;

	/* A busy machine may lay out with one font and then with another. */
	await page.evaluate(() => document.fonts.ready.then(() => new Promise(requestAnimationFrame)));
	found = await page.evaluate(overflowing);

	ok(!complaints.length, `${where}: no errors, nothing from elsewhere`, ...complaints);
	ok(!found.length, `${where}: nothing is wider than the window`, ...found);
	found = await page.evaluate(figureFaults);
	ok(!found.length, `${where}: every figure is whole`, ...found);
	found = await page.evaluate(weakContrast);
	ok(!found.length, `${where}: every text has contrast`, ...found);
	if (size === 'desktop' && theme === 'light') {
		found = await page.evaluate(overlappingLabels);
		ok(!found.length, `${where}: no label lies on another`, ...found);
		found = await page.evaluate(faultsOfTables);
		ok(!found.length, `${where}: tables are for all readers`, ...found);
		found = await brokenLinks(page);
		ok(!found.length, `${where}: no broken links`, ...found);
	}
	await page.screenshot({ path: path.join(screenshots, `${report}-${name}-${size}-${theme}.png`), fullPage: true });
	await page.close();
}

async function lookWithoutScripts(browser, report, folder) {
	const context = await browser.newContext({ javaScriptEnabled: false, offline: true });

	for (const name of pagesOf(folder)) {
		const complaints = [];
		const page = await openAll(context, folder, name, complaints);
		const text = await page.locator('main').innerText();
		ok(text.length > 200 && !complaints.length, `${report}/${name} without scripts: all there`, ...complaints);
		await page.close();
	}
	await context.close();
}

// ---- the checks themselves must be able to fail ----

async function seeThemFail(browser) {
	const context = await browser.newContext({ viewport: { width: 390, height: 800 } });
	const page = await context.newPage();

	await page.setContent('<main><div style="width:900px">wide</div><p style="color:#ccc;background:#fff">pale</p>' +
		'<figure id="f"><svg role="img" aria-labelledby="x" width="200" height="100"><text x="190" y="20">cut off here</text>' +
		'<text x="10" y="50">one</text><text x="12" y="51">two</text></svg></figure><table><tr><th>x</th></tr></table></main>');
	ok((await page.evaluate(overflowing)).length >= 1, 'a wide page is seen');
	ok((await page.evaluate(weakContrast)).length >= 1, 'pale text is seen');
	ok((await page.evaluate(figureFaults)).join().match(/says nothing.*nothing drawn.*cut off/), 'a bad figure is seen');
	ok((await page.evaluate(overlappingLabels)).length === 1, 'labels on each other are seen');
	ok((await page.evaluate(faultsOfTables)).length === 2, 'a bare table is seen');
	await context.close();
}

mkdirSync(screenshots, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
	await seeThemFail(browser);
	for (const argument of reports) {
		const [report, folder] = argument.split('=');
		for (const [size, width] of Object.entries(widths)) {
			for (const colorScheme of themes) {
				// The others have the same style sheet: the two ends of the range do.
				if (!/^(complete|real)$/.test(report) && (size === 'desktop') === (colorScheme === 'dark'))
					continue;
				const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
				for (const name of pagesOf(folder))
					await look(context, report, folder, name, size, colorScheme);
				await context.close();
			}
		}
		await lookWithoutScripts(browser, report, folder);
	}
	const complete = reports.find((r) => r.startsWith('complete='));
	if (complete) {
		const page = await browser.newPage();
		let figures = 0;
		for (const name of pages) {
			await page.goto(pathToFileURL(path.join(complete.split('=')[1], `${name}.html`)).href);
			figures += await page.locator('figure svg').count();
		}
		ok(figures >= 12, `a complete run has its figures (${figures})`);
		await page.close();
	}
} finally {
	await browser.close();
}
console.log(`1..${count}`);
process.exit(failed ? 1 : 0);
