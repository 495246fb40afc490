import {
    deserializeDate,
    deserializeDateTime,
    formatDateTime,
} from "@web/core/l10n/dates";
import {useService} from "@web/core/utils/hooks";
import {Component, onWillStart, useState} from "@odoo/owl";

/**
 * Everything that happened to somebody or something in one line, the latest first,
 * with counters that choose what is shown.
 *
 * The slot `empty` is shown while there is nothing, the slot `beside` next to it.
 */
export class Timeline extends Component {
    static template = "crm_service.Timeline";
    static props = {
        sources: Array,
        // The first page, with rows of all kinds
        timeline: Object,
        // (kinds, after) -> a page
        fetch: Function,
        // Whose timeline it is: rows that are its own lead nowhere
        subject: {type: Object, optional: true},
        kinds: {type: Array, optional: true},
        onKinds: {type: Function, optional: true},
        slots: {type: Object, optional: true},
    };
    static defaultProps = {kinds: [], subject: {}, onKinds: () => undefined};

    setup() {
        this.action = useService("action");
        const known = new Set(this.props.sources.map((source) => source.kind));
        this.state = useState({
            kinds: this.props.kinds.filter((kind) => known.has(kind)),
            entries: [],
            next: false,
            loading: false,
        });
        onWillStart(async () => {
            if (this.state.kinds.length) {
                await this.restart();
            } else {
                this.show(this.props.timeline);
            }
        });
    }

    // -- data -----------------------------------------------------------------

    show(timeline) {
        this.state.entries = timeline.entries;
        this.state.next = timeline.next;
    }

    async restart() {
        const kinds = this.state.kinds;
        const timeline = await this.props.fetch(kinds, false);
        // Another filter was chosen while the answer was on its way
        if (kinds === this.state.kinds) {
            this.show(timeline);
        }
    }

    async showOlder() {
        if (this.state.loading) {
            return;
        }
        this.state.loading = true;
        const kinds = this.state.kinds;
        try {
            const older = await this.props.fetch(kinds, this.state.next);
            if (kinds === this.state.kinds) {
                this.state.entries.push(...older.entries);
                this.state.next = older.next;
            }
        } finally {
            this.state.loading = false;
        }
    }

    async toggleKind(kind) {
        const kinds = new Set(this.state.kinds);
        if (!kind) {
            kinds.clear();
        } else if (!kinds.delete(kind)) {
            kinds.add(kind);
        }
        this.state.kinds = [...kinds];
        this.props.onKinds(this.state.kinds);
        await this.restart();
    }

    // -- what is shown --------------------------------------------------------

    get sourceByKind() {
        return Object.fromEntries(
            this.props.sources.map((source) => [source.kind, source])
        );
    }

    get counted() {
        return this.props.sources.filter((source) => source.counted);
    }

    get total() {
        return this.props.sources.reduce((sum, source) => sum + source.count, 0);
    }

    get isEmpty() {
        return !this.total;
    }

    /** The entries month by month, in the reader's time zone and language. */
    get months() {
        const months = [];
        for (const entry of this.state.entries) {
            const moment = this.moment(entry);
            const key = moment.toFormat("yyyy-MM");
            if (months.at(-1)?.key !== key) {
                const label = moment.toLocaleString({month: "long", year: "numeric"});
                months.push({key, label, entries: []});
            }
            months.at(-1).entries.push(entry);
        }
        return months;
    }

    moment(entry) {
        return entry.at.length > 10
            ? deserializeDateTime(entry.at)
            : deserializeDate(entry.at);
    }

    day(entry) {
        return this.moment(entry).toLocaleString({day: "numeric", month: "short"});
    }

    time(entry) {
        return entry.at.length > 10
            ? this.moment(entry).toLocaleString({hour: "2-digit", minute: "2-digit"})
            : "";
    }

    exactly(entry) {
        return entry.at.length > 10
            ? formatDateTime(this.moment(entry))
            : this.moment(entry).toLocaleString();
    }

    label(entry) {
        return this.sourceByKind[entry.kind].label;
    }

    icon(entry) {
        return this.sourceByKind[entry.kind].icon;
    }

    // -- where it leads ---------------------------------------------------------

    openEntry(entry) {
        const {model} = this.sourceByKind[entry.kind];
        const {subject} = this.props;
        if (model === subject.model && entry.id === subject.id) {
            return;
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: entry.id,
            views: [[false, "form"]],
        });
    }
}
