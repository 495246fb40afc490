import {serializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {Component, onMounted, useRef, useState} from "@odoo/owl";

const {DateTime} = luxon;
const INPUT = "yyyy-MM-dd'T'HH:mm";
const MORNING = 9;
const AFTERNOON = 14;

/** When a caller wants to be called, in a few keys. */
export class CallbackForm extends Component {
    static template = "crm_service.CallbackForm";
    static props = {
        callId: Number,
        phone: String,
        team: String,
        onSaved: Function,
        onClosed: Function,
    };

    setup() {
        this.orm = useService("orm");
        const start = this.nextHour;
        this.state = useState({
            name: "",
            phone: this.props.phone,
            from: start.toFormat(INPUT),
            until: start.plus({hours: 1}).toFormat(INPUT),
            isMine: true,
            isBusy: false,
        });
        // not by `useAutofocus`: text of a date cannot be marked
        const first = useRef("first");
        onMounted(() => first.el.focus());
    }

    get nextHour() {
        return DateTime.now().startOf("hour").plus({hours: 1});
    }

    /** The usual answers to “when may we call you?”. */
    get choices() {
        const today = DateTime.now().startOf("day");
        const tomorrow = today.plus({days: 1});
        const choices = [
            {label: _t("In an hour"), from: this.nextHour, hours: 1},
            {
                label: _t("This afternoon"),
                from: today.set({hour: AFTERNOON}),
                hours: 4,
            },
            {
                label: _t("Tomorrow morning"),
                from: tomorrow.set({hour: MORNING}),
                hours: 3,
            },
            {
                label: _t("Tomorrow afternoon"),
                from: tomorrow.set({hour: AFTERNOON}),
                hours: 4,
            },
        ];
        return choices.filter(({from}) => from > DateTime.now());
    }

    choose({from, hours}) {
        this.state.from = from.toFormat(INPUT);
        this.state.until = from.plus({hours}).toFormat(INPUT);
    }

    async save() {
        const {from, until, name, phone, isMine} = this.state;
        const values = {
            wanted_from: serializeDateTime(DateTime.fromISO(from)),
            mine: isMine,
        };
        if (until) {
            values.wanted_until = serializeDateTime(DateTime.fromISO(until));
        }
        for (const [key, value] of Object.entries({name, phone})) {
            if (value.trim()) {
                values[key] = value;
            }
        }
        this.state.isBusy = true;
        try {
            await this.orm.call("service.call", "register_callback", [
                [this.props.callId],
                values,
            ]);
            await this.props.onSaved();
        } finally {
            this.state.isBusy = false;
        }
    }
}
