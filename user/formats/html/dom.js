// SPDX-License-Identifier: MIT
/* Elements. Text goes in as text, never as markup. */
const $ = (id) => document.getElementById(id);

function make(name, attributes, ...children) {
	const element = document.createElement(name);

	for (const [key, value] of Object.entries(attributes || {}))
		if (value !== null && value !== undefined && value !== false)
			element.setAttribute(key, value === true ? "" : value);
	element.append(...children.filter((child) => child !== null && child !== ""));
	return element;
}

function makeSvg(name, attributes) {
	const element = document.createElementNS("http://www.w3.org/2000/svg", name);

	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, value);
	return element;
}

const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many || `${one}s`}`;
const portsText = (row) => row.first === row.last ? `${row.first}` : `${row.first}-${row.last}`;
