/**
 * From the figures of a process to a drawing: which boxes and arrows there are, and
 * where they stand. No component and no page is needed for it.
 *
 * D3 and dagre draw it, and not a canvas library: every box and arrow is an element
 * of the page, so that it can be reached by keyboard, read aloud, styled by the theme
 * and saved as SVG; and dagre gives arrows a way of their own around the boxes.
 */
import {_t} from "@web/core/l10n/translation";

export const START = "start";
export const ANY = "any";
const STAGE = {width: 164, height: 72};
const PILL = {width: 104, height: 32};
const LETTER = 6.2;
const LOOP = 36;
const LABEL_HEIGHT = 15;
const LABEL_LETTERS = 12;
const LABEL_LINES = 2;

/**
 * Shorten a text that does not fit.
 *
 * @param {String} text
 * @param {Number} length the most letters
 * @returns {String}
 */
export function shorten(text, length) {
    return textWidth(text) <= length
        ? text
        : `${[...text].slice(0, Math.max(length * (text.length / textWidth(text)) - 1, 1)).join("")}…`;
}

/** How many letters wide a text is; Chinese ones count double. */
function textWidth(text) {
    return [...text].reduce((sum, one) => sum + (one > "\u2e80" ? 1.8 : 1), 0);
}

/**
 * Break a name into short lines, so that it fits between two boxes.
 *
 * @param {String} text
 * @returns {String[]}
 */
function breakLines(text) {
    const lines = [];
    for (const word of text.split(" ").filter(Boolean)) {
        const longer = [...lines.slice(-1), word].join(" ");
        if (lines.length && textWidth(longer) <= LABEL_LETTERS) {
            lines[lines.length - 1] = longer;
        } else {
            lines.push(word);
        }
    }
    const rest = lines.splice(LABEL_LINES - 1).join(" ");
    return [...lines, shorten(rest, LABEL_LETTERS + 4)].filter(Boolean);
}

/**
 * Choose which ways to draw.
 *
 * @param {Object} map what the server tells of a process
 * @param {Object} options
 * @param {Boolean} options.happened only what tickets did, not what is defined
 * @param {Number} options.percent how much of all moves the drawn ways must cover
 * @returns {{edges: Object[], hidden: Number, hiddenShare: Number}}
 */
export function chooseEdges(map, {happened, percent}) {
    const total = map.edges.reduce((sum, edge) => sum + edge.count, 0);
    const moved = map.edges.filter((edge) => edge.count);
    moved.sort((one, other) => other.count - one.count);
    const shown = new Set();
    let covered = 0;
    for (const edge of moved) {
        if (covered * 100 < percent * total) {
            shown.add(edge);
        }
        covered += edge.count;
    }
    const edges = map.edges.filter((edge) =>
        happened
            ? shown.has(edge)
            : edge.kind === "route" || (edge.kind === "off" && shown.has(edge))
    );
    const candidates = moved.filter((edge) => happened || edge.kind === "off");
    const hidden = candidates.filter((edge) => !edges.includes(edge));
    const hiddenCount = hidden.reduce((sum, edge) => sum + edge.count, 0);
    return {
        edges,
        hidden: hidden.length,
        hiddenShare: total ? hiddenCount / total : 0,
    };
}

/** The arrows between boxes, those from the start and from any stage too. */
function getArrows(map, edges, happened, drawn) {
    const arrows = edges.map((edge) => ({
        ...edge,
        key: `${edge.from_id}-${edge.to_id}`,
        source: String(edge.from_id),
        target: String(edge.to_id),
    }));
    for (const route of happened ? [] : map.any_routes) {
        arrows.push({
            ...route,
            key: `any-${route.to_id}`,
            source: ANY,
            target: String(route.to_id),
            kind: "any",
            share: 0,
        });
    }
    for (const stage of map.stages) {
        const isStart = happened ? stage.entry_count : stage.is_entry;
        if (isStart && (!happened || drawn.has(stage.id))) {
            arrows.push({
                key: `start-${stage.id}`,
                source: START,
                target: String(stage.id),
                kind: "start",
                names: [],
                count: stage.entry_count,
                share: 0,
                to_id: stage.id,
            });
        }
    }
    return arrows;
}

/** The boxes that are drawn. */
function getBoxes(map, arrows, happened) {
    const used = new Set(arrows.flatMap((arrow) => [arrow.source, arrow.target]));
    const boxes = map.stages
        .filter((stage) => !happened || used.has(String(stage.id)))
        .map((stage) => ({key: String(stage.id), stage, ...STAGE}));
    if (used.has(START)) {
        boxes.unshift({key: START, label: _t("Start"), ...PILL});
    }
    if (used.has(ANY)) {
        boxes.push({key: ANY, label: _t("Any open stage"), ...PILL});
    }
    return boxes;
}

/** What an arrow says: its name, and how often tickets went that way. */
export function getArrowLabel(arrow, formatShare) {
    const sign = arrow.mode === "automatic" ? "⚡ " : "";
    const names = breakLines(`${sign}${arrow.names.join(" / ")}`);
    const figure = arrow.share
        ? `${arrow.count} · ${formatShare(arrow.share)}`
        : `${arrow.count || ""}`;
    return [...names, figure].filter(Boolean);
}

/**
 * Put the boxes and arrows in their places.
 *
 * @param {Object} map what the server tells of a process
 * @param {Object} options
 * @param {Object[]} options.edges the ways to draw, of `chooseEdges`
 * @param {Boolean} options.happened see `chooseEdges`
 * @param {Number} options.ratio width of the window by its height
 * @param {Function} options.formatShare
 * @returns {{boxes: Object[], arrows: Object[], width: Number, height: Number}}
 */
export function drawGraph(map, options) {
    const drawn = new Set(options.edges.flatMap((edge) => [edge.from_id, edge.to_id]));
    const arrows = getArrows(map, options.edges, options.happened, drawn);
    for (const arrow of arrows) {
        arrow.lines = getArrowLabel(arrow, options.formatShare);
    }
    const boxes = getBoxes(map, arrows, options.happened);
    // lying or standing, whichever can be shown larger
    const drawings = ["TB", "LR"].map((direction) => place(boxes, arrows, direction));
    const getScale = ({width, height}) => Math.min(options.ratio / width, 1 / height);
    return getScale(drawings[1]) > getScale(drawings[0]) * 1.1
        ? drawings[1]
        : drawings[0];
}

function isLoop(arrow) {
    return arrow.source === arrow.target;
}

/** The way of an arrow, and where its label stands. */
function drawLine({points, x, y}, line) {
    const middle = points[Math.floor(points.length / 2)];
    return {path: line(points), x: x ?? middle.x, y: y ?? middle.y};
}

/** The way from a box back to itself, above it. */
function drawLoop(box, arrow) {
    const top = box.y - box.height / 2;
    const [left, right] = [box.x - 28, box.x + 28];
    const height = LABEL_HEIGHT * arrow.lines.length;
    return {
        path: `M${left},${top} C${left - 14},${top - LOOP} ${right + 14},${top - LOOP} ${right},${top}`,
        x: box.x,
        y: top - LOOP * 0.75 - height / 2,
    };
}

/** Let dagre lay the graph out in one direction. */
function place(boxes, arrows, direction) {
    const graph = new window.dagre.graphlib.Graph({multigraph: true});
    // above a box from which a way leads back to it, that way needs room
    const room = arrows.some(isLoop) ? LOOP : 0;
    graph.setGraph({
        rankdir: direction,
        nodesep: direction === "TB" ? 36 : 26 + room,
        ranksep: direction === "TB" ? 30 + room : 36,
        edgesep: 14,
        marginx: 16,
        marginy: 16 + room,
    });
    for (const {key, width, height} of boxes) {
        graph.setNode(key, {width, height});
    }
    const most = Math.max(1, ...arrows.map((arrow) => arrow.count));
    for (const arrow of arrows.filter((one) => !isLoop(one))) {
        const letters = Math.max(...arrow.lines.map(textWidth), 0);
        const label = {
            width: letters * LETTER,
            height: arrow.lines.length * LABEL_HEIGHT,
            labelpos: "c",
            weight: 1 + Math.round((8 * arrow.count) / most),
        };
        graph.setEdge(arrow.source, arrow.target, label, arrow.key);
    }
    window.dagre.layout(graph);
    const {width, height} = graph.graph();
    const line = window.d3
        .line()
        .x((point) => point.x)
        .y((point) => point.y)
        .curve(window.d3.curveBasis);
    return {
        width,
        height,
        boxes: boxes.map((box) => {
            const {x, y} = graph.node(box.key);
            return {...box, x: x - box.width / 2, y: y - box.height / 2};
        }),
        arrows: arrows.map((arrow) => ({
            ...arrow,
            thickness: 1.5 + 5 * arrow.share,
            ...(isLoop(arrow)
                ? drawLoop(graph.node(arrow.source), arrow)
                : drawLine(graph.edge(arrow.source, arrow.target, arrow.key), line)),
        })),
    };
}
