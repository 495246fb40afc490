import {loadBundle} from "@web/core/assets";
import {serializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {formatFloat} from "@web/core/utils/numbers";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {Component, onMounted, onWillStart, useRef, useState} from "@odoo/owl";
import {chooseEdges, drawGraph} from "./process_graph";
import {savePng, saveSvg} from "./process_export";
import {ProcessPicture} from "./process_picture";

const {DateTime} = luxon;
const CROWDED = 25;
const CROWDED_PERCENT = 90;
const PERIODS = [30, 90, 365];

/** How the tickets of a process really went, drawn on its definition. */
export class ProcessMap extends Component {
    static template = "crm_service.ProcessMap";
    static components = {Layout, ProcessPicture};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.canvas = useRef("canvas");
        this.display = {controlPanel: {}};
        this.periods = PERIODS;
        this.keepLast = new KeepLast();
        this.state = useState({
            processes: [],
            processId: this.getAskedProcess(),
            days: 0,
            happened: false,
            percent: 100,
            ratio: 1.6,
            map: null,
        });
        for (const name of [
            "formatTimes",
            "formatShare",
            "describeStage",
            "describeArrow",
            "openStage",
            "openArrow",
        ]) {
            this[name] = this[name].bind(this);
        }
        onWillStart(async () => {
            await Promise.all([
                loadBundle("crm_service.assets_process_map"),
                this.loadProcesses(),
            ]);
            await this.load({fresh: true});
        });
        onMounted(() => {
            const {clientWidth, clientHeight} = this.canvas.el || {};
            if (clientHeight) {
                this.state.ratio = clientWidth / clientHeight;
            }
        });
    }

    /** The process that a button, an address or the last visit asks for. */
    getAskedProcess() {
        const {action, state} = this.props;
        const id =
            state?.processId || action.params?.process_id || action.context?.active_id;
        return Number(id) || false;
    }

    // -- data -------------------------------------------------------------------

    async loadProcesses() {
        const processes = await this.orm.searchRead(
            "service.process",
            [],
            ["display_name"],
            {order: "code, version desc"}
        );
        this.state.processes = processes;
        if (!processes.some(({id}) => id === this.state.processId)) {
            this.state.processId = processes.length ? processes[0].id : false;
        }
    }

    /**
     * Get the figures.
     *
     * @param {Object} options
     * @param {Boolean} options.fresh choose again what to show, for another process
     */
    async load({fresh} = {}) {
        const {processId, days} = this.state;
        if (!processId) {
            return;
        }
        const map = await this.keepLast.add(
            this.orm.call("service.process", "get_map", [processId], {
                date_from: days ? serializeDateTime(this.getStart()) : false,
            })
        );
        if (fresh) {
            const crowded = map.edges.length > CROWDED;
            this.state.happened = crowded;
            this.state.percent = crowded ? CROWDED_PERCENT : 100;
        }
        this.state.map = map;
        this.props.updateActionState?.({processId});
    }

    getStart() {
        return DateTime.now().minus({days: this.state.days}).startOf("day");
    }

    onProcess(ev) {
        this.state.processId = Number(ev.target.value);
        return this.load({fresh: true});
    }

    onPeriod(days) {
        this.state.days = days;
        return this.load();
    }

    onView(happened) {
        this.state.happened = happened;
    }

    onPercent(ev) {
        this.state.percent = Number(ev.target.value);
    }

    // -- what is drawn ----------------------------------------------------------

    get choice() {
        const {map, happened, percent} = this.state;
        return chooseEdges(map, {happened, percent});
    }

    /** The drawing, made again only when something of it changed. */
    get drawing() {
        const {map, happened, percent, ratio} = this.state;
        const key = [happened, percent, ratio];
        if (this.drawnMap !== map || String(this.drawnKey) !== String(key)) {
            this.drawnMap = map;
            this.drawnKey = key;
            this.drawn = drawGraph(map, {
                edges: this.choice.edges,
                happened,
                ratio,
                formatShare: this.formatShare,
            });
        }
        return this.drawn;
    }

    get hiddenNote() {
        const {hidden, hiddenShare} = this.choice;
        return hidden
            ? _t("%(count)s rare ways are hidden: %(share)s of all moves.", {
                  count: hidden,
                  share: this.formatShare(hiddenShare),
              })
            : _t("Every way is shown.");
    }

    get phases() {
        const {stages} = this.state.map;
        const phases = new Map(stages.map((stage) => [stage.phase, stage.phase_label]));
        return [...phases].map(([phase, label]) => ({phase, label}));
    }

    get ways() {
        const names = Object.fromEntries(
            this.state.map.stages.map((stage) => [stage.id, stage.name])
        );
        return this.state.map.edges
            .map((edge) => ({
                ...edge,
                key: `${edge.from_id}-${edge.to_id}`,
                from: names[edge.from_id],
                to: names[edge.to_id],
            }))
            .sort((one, other) => other.count - one.count);
    }

    get hasTickets() {
        return this.state.map.stages.some((stage) => stage.pass_count);
    }

    getStageName(id) {
        return this.state.map.stages.find((stage) => stage.id === id)?.name;
    }

    // -- words ------------------------------------------------------------------

    formatHours(hours) {
        if (hours && hours < 1) {
            return _t("%s min", Math.max(Math.round(hours * 60), 1));
        }
        const digits = [16, hours < 100 ? 1 : 0];
        return _t("%s h", formatFloat(hours, {digits, trailingZeros: false}));
    }

    /** The times of a stage; of an end, how many tickets came there. */
    formatTimes(stage) {
        if (stage.is_end) {
            return _t("%s arrived", stage.pass_count);
        }
        return _t("waits %(waiting)s · works %(processing)s", {
            waiting: this.formatHours(stage.waiting_hours),
            processing: this.formatHours(stage.processing_hours),
        });
    }

    formatShare(share) {
        const percent = share * 100;
        const digits = [16, percent && percent < 10 ? 1 : 0];
        return _t("%s %", formatFloat(percent, {digits, trailingZeros: false}));
    }

    formatKind(edge) {
        const kinds = {
            route: edge.mode === "automatic" ? _t("Automatic") : _t("Button"),
            any: _t("From any open stage"),
            off: _t("Off the defined way"),
        };
        return kinds[edge.kind];
    }

    describeStage(stage) {
        return _t(
            "%(stage)s: %(open)s open tickets now, %(passes)s passes, " +
                "%(waiting)s waiting and %(processing)s processing in the mean",
            {
                stage: stage.name,
                open: stage.open_count,
                passes: stage.pass_count,
                waiting: this.formatHours(stage.waiting_hours),
                processing: this.formatHours(stage.processing_hours),
            }
        );
    }

    describeArrow(arrow) {
        const origins = {start: _t("Start"), any: _t("Any open stage")};
        const values = {
            from: origins[arrow.source] || this.getStageName(arrow.from_id),
            to: this.getStageName(arrow.to_id),
            names: arrow.names.join(", ") || (arrow.kind === "off" ? "?" : ""),
            count: arrow.count,
        };
        if (arrow.kind === "off") {
            return _t(
                "%(from)s → %(to)s: %(count)s times, off the defined way",
                values
            );
        }
        return values.names
            ? _t("%(from)s → %(to)s (%(names)s): %(count)s times", values)
            : _t("%(from)s → %(to)s: %(count)s times", values);
    }

    // -- opening tickets --------------------------------------------------------

    openTickets(name, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "service.ticket",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain,
            target: "current",
        });
    }

    openStage(stage) {
        const domain = [["stage_id", "=", stage.id]];
        if (!stage.is_end) {
            domain.push(["is_open", "=", true]);
        }
        return this.openTickets(stage.name, domain);
    }

    /** Open the tickets that went a way in the period. */
    openArrow(arrow) {
        if (!arrow.count || arrow.kind === "start") {
            return;
        }
        const passed = [
            ["stage_id", "=", arrow.to_id],
            ["process_id", "=", this.state.processId],
            ...(arrow.from_id
                ? [["from_stage_id", "=", arrow.from_id]]
                : [["route_id", "in", arrow.route_ids]]),
        ];
        if (this.state.days) {
            passed.push(["entered_at", ">=", serializeDateTime(this.getStart())]);
        }
        return this.openTickets(this.describeArrow(arrow), [
            ["stage_log_ids", "any", passed],
        ]);
    }

    // -- saving -----------------------------------------------------------------

    get fileName() {
        const {code, version} = this.state.map.process;
        return `${code}-v${version}`;
    }

    get svgElement() {
        return this.canvas.el.querySelector("svg");
    }

    saveSvg() {
        return saveSvg(this.svgElement, this.drawing, this.fileName);
    }

    savePng() {
        return savePng(this.svgElement, this.drawing, this.fileName);
    }

    onPictureReady(picture) {
        this.picture = picture;
    }
}

registry.category("actions").add("service_process_map", ProcessMap);
