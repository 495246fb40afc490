import {Component, onMounted, onPatched, useRef} from "@odoo/owl";
import {shorten} from "./process_graph";

const LIMITS = [0.15, 4];
const STEP = 1.3;
const READABLE = 0.62;
const PAN = 80;

/** The drawing: boxes and arrows that can be zoomed, moved, and opened. */
export class ProcessPicture extends Component {
    static template = "crm_service.ProcessPicture";
    static props = {
        drawing: Object,
        label: String,
        formatTimes: Function,
        describeStage: Function,
        describeArrow: Function,
        openStage: Function,
        openArrow: Function,
        onReady: {type: Function, optional: true},
    };

    setup() {
        this.svg = useRef("svg");
        this.scene = useRef("scene");
        this.shorten = shorten;
        this.drawn = null;
        onMounted(() => {
            this.startZoom();
            this.fit();
            this.props.onReady?.(this);
        });
        onPatched(() => {
            if (this.drawn !== this.props.drawing) {
                this.fit();
            }
        });
    }

    startZoom() {
        this.zoom = window.d3
            .zoom()
            .scaleExtent(LIMITS)
            // a plain wheel scrolls the page elsewhere; here it zooms, as in a map
            .on("zoom", ({transform}) => {
                this.scene.el.setAttribute("transform", transform);
            });
        window.d3.select(this.svg.el).call(this.zoom).on("dblclick.zoom", null);
    }

    get selection() {
        return window.d3.select(this.svg.el);
    }

    /** Show all of it, but not smaller than can be read. */
    fit() {
        const {width, height} = this.props.drawing;
        const {clientWidth, clientHeight} = this.svg.el;
        this.drawn = this.props.drawing;
        const whole = Math.min(clientWidth / width, clientHeight / height);
        const scale = Math.min(Math.max(whole, READABLE), 1.25);
        const x = Math.max((clientWidth - width * scale) / 2, 0);
        const y = Math.max((clientHeight - height * scale) / 2, 0);
        this.zoom.transform(
            this.selection,
            window.d3.zoomIdentity.translate(x, y).scale(scale)
        );
    }

    /** Show all of it, however small. */
    fitWhole() {
        const {width, height} = this.props.drawing;
        const {clientWidth, clientHeight} = this.svg.el;
        const scale = Math.min(clientWidth / width, clientHeight / height, 1.25);
        this.zoom.transform(
            this.selection,
            window.d3.zoomIdentity
                .translate(
                    (clientWidth - width * scale) / 2,
                    (clientHeight - height * scale) / 2
                )
                .scale(scale)
        );
    }

    zoomIn() {
        this.zoom.scaleBy(this.selection, STEP);
    }

    zoomOut() {
        this.zoom.scaleBy(this.selection, 1 / STEP);
    }

    onKeydown(ev) {
        const scale = window.d3.zoomTransform(this.svg.el).k;
        const moves = {
            "+": () => this.zoomIn(),
            "=": () => this.zoomIn(),
            "-": () => this.zoomOut(),
            0: () => this.fitWhole(),
            ArrowLeft: () => this.zoom.translateBy(this.selection, PAN / scale, 0),
            ArrowRight: () => this.zoom.translateBy(this.selection, -PAN / scale, 0),
            ArrowUp: () => this.zoom.translateBy(this.selection, 0, PAN / scale),
            ArrowDown: () => this.zoom.translateBy(this.selection, 0, -PAN / scale),
        };
        const move = !ev.ctrlKey && !ev.metaKey && !ev.altKey && moves[ev.key];
        if (move) {
            ev.preventDefault();
            move();
        }
    }

    onBoxKeydown(ev, box) {
        if (["Enter", " "].includes(ev.key) && box.stage) {
            ev.preventDefault();
            this.props.openStage(box.stage);
        }
    }

    onArrowKeydown(ev, arrow) {
        if (["Enter", " "].includes(ev.key)) {
            ev.preventDefault();
            this.props.openArrow(arrow);
        }
    }

    /** Bring what is reached by the Tab key into sight. */
    onFocus(x, y) {
        const transform = window.d3.zoomTransform(this.svg.el);
        const [left, top] = transform.apply([x, y]);
        const {clientWidth, clientHeight} = this.svg.el;
        const aside = 40;
        if (
            left < aside ||
            top < aside ||
            left > clientWidth - aside ||
            top > clientHeight - aside
        ) {
            this.zoom.translateTo(this.selection, x, y);
        }
    }
}
