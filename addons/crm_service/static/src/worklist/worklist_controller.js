import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {_t} from "@web/core/l10n/translation";
import {user} from "@web/core/user";
import {useBus, useService} from "@web/core/utils/hooks";
import {ListController} from "@web/views/list/list_controller";
import {onWillStart, useEffect, useState} from "@odoo/owl";
import {COMMANDS} from "./worklist_commands";

/** A list in which one key does to the chosen tickets what a person does all day. */
export class WorklistController extends ListController {
    static template = "crm_service.WorklistView";

    setup() {
        super.setup();
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.worklist = useState({currentId: false, busy: false, allowed: []});
        this.currentIndex = 0;
        this.refocus = true;
        onWillStart(async () => {
            const allowed = await Promise.all(
                COMMANDS.map(({group}) => !group || user.hasGroup(group))
            );
            this.worklist.allowed = COMMANDS.filter((_command, i) => allowed[i]);
        });
        for (const command of COMMANDS) {
            useHotkey(command.key, () => this.run(command), {
                isAvailable: () => this.isOffered(command) && this.hasTargets,
            });
        }
        // a window that asked something closes after the list was loaded again
        useBus(this.ui.bus, "active-element-changed", () => this.focusCurrentRow());
        useEffect(
            () => this.focusCurrentRow(),
            () => [this.model.isReady, this.records.map((r) => r.id).join()]
        );
    }

    // -- which tickets --------------------------------------------------------

    /** The records on the page, those of open groups too. */
    get records() {
        return this.model.root?.records || [];
    }

    /** The record whose row has the focus, or had it last. */
    get current() {
        return this.records.find((record) => record.id === this.worklist.currentId);
    }

    get hasTargets() {
        const sample = this.model.useSampleModel;
        return !sample && Boolean(this.model.root.selection.length || this.current);
    }

    /** Ids of the selected tickets, or of the one with the focus. */
    async getTargetIds() {
        if (this.model.root.selection.length) {
            return this.model.root.getResIds(true);
        }
        return this.current ? [this.current.resId] : [];
    }

    /** Instructions of the stage of the ticket with the focus. */
    get instructions() {
        return this.current?.data.instructions || "";
    }

    // -- commands -----------------------------------------------------------

    isOffered(command) {
        return this.worklist.allowed.some(({name}) => name === command.name);
    }

    /** Whether a command makes sense for what is chosen: grey in the legend if not. */
    isPossible(command) {
        if (!this.hasTargets) {
            return false;
        }
        const single = !this.model.root.selection.length && this.current;
        return !single || !command.can || Boolean(single.data[command.can]);
    }

    async run(command) {
        if (this.worklist.busy || this.editedRecord) {
            return;
        }
        const ids = await this.getTargetIds();
        if (!ids.length) {
            return;
        }
        this.worklist.busy = true;
        try {
            await (command.action ? this.ask(command, ids) : this.call(command, ids));
        } finally {
            this.worklist.busy = false;
        }
    }

    async ask(command, ids) {
        await this.actionService.doAction(command.action, {
            additionalContext: {
                active_model: this.props.resModel,
                active_ids: ids,
                active_id: ids[0],
            },
            onClose: () => this.reload(),
        });
    }

    async call(command, ids) {
        const single = ids.length === 1 && this.current;
        const what = single ? this.current.data.number : ids.length;
        let result = false;
        try {
            result = await this.orm.call(this.props.resModel, command.method, [ids]);
        } catch (error) {
            // Somebody else may have been faster: show where things stand.
            await this.reload();
            throw error;
        }
        if (result && result.type) {
            return this.actionService.doAction(result, {onClose: () => this.reload()});
        }
        this.notification.add(_t("%(done)s: %(what)s", {done: command.done, what}), {
            type: "success",
        });
        await this.reload();
    }

    async reload() {
        this.refocus = true;
        await this.model.load();
    }

    // -- focus --------------------------------------------------------------

    onFocusIn(ev) {
        const row = ev.target.closest?.("tr.o_data_row");
        if (row) {
            this.worklist.currentId = row.dataset.id;
            this.currentIndex = this.records.findIndex((r) => r.id === row.dataset.id);
        }
    }

    /** After loading, go to the row at the same place, so that keys go on working. */
    focusCurrentRow() {
        if (!this.refocus || !this.model.isReady || this.env.isSmall) {
            return;
        }
        const rows = this.rootRef.el?.querySelectorAll("tr.o_data_row") || [];
        if (!rows.length || this.ui.activeElement !== document) {
            return;
        }
        this.refocus = false;
        const row = rows[Math.min(Math.max(this.currentIndex, 0), rows.length - 1)];
        row.querySelector("td.o_data_cell")?.focus();
        this.worklist.currentId = row.dataset.id;
    }
}
