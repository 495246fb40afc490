/** Saving the picture of a process as a file. */
import {downloadFile} from "@web/core/network/download";

const STYLES = [
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linejoin",
    "paint-order",
    "font-family",
    "font-size",
    "font-weight",
    "opacity",
];
const SHARPNESS = 2;

/** A copy of the picture that needs no style sheet, at its full size. */
function getText(svg, {width, height}) {
    const copy = svg.cloneNode(true);
    const originals = svg.querySelectorAll("*");
    copy.querySelectorAll("*").forEach((element, index) => {
        const style = getComputedStyle(originals[index]);
        for (const name of STYLES) {
            element.style.setProperty(name, style.getPropertyValue(name));
        }
    });
    copy.querySelector(":scope > g").removeAttribute("transform");
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
    copy.setAttribute("width", Math.ceil(width));
    copy.setAttribute("height", Math.ceil(height));
    copy.style.background = getComputedStyle(svg).backgroundColor;
    return new XMLSerializer().serializeToString(copy);
}

export function saveSvg(svg, drawing, name) {
    const blob = new Blob([getText(svg, drawing)], {type: "image/svg+xml"});
    return downloadFile(blob, `${name}.svg`, "image/svg+xml");
}

export async function savePng(svg, drawing, name) {
    const image = new Image();
    const text = encodeURIComponent(getText(svg, drawing));
    image.src = `data:image/svg+xml;charset=utf-8,${text}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = drawing.width * SHARPNESS;
    canvas.height = drawing.height * SHARPNESS;
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(svg).backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    return downloadFile(blob, `${name}.png`, "image/png");
}
