import {_t} from "@web/core/l10n/translation";

/**
 * What a key does to the tickets that are chosen in a list.
 *
 * A command calls a method of the tickets, or opens a window that asks first.
 * `group`: who may; `can`: the field that tells whether a single ticket allows it.
 */
export const COMMANDS = [
    {
        key: "t",
        name: "take",
        label: _t("Take"),
        method: "action_take",
        can: "can_take",
        done: _t("Taken"),
    },
    {
        key: "h",
        name: "hand_over",
        label: _t("Hand over"),
        action: "crm_service.service_ticket_handover_action",
        can: "can_hand_over",
    },
    {
        key: "p",
        name: "put_back",
        label: _t("Put back"),
        method: "action_put_back",
        can: "can_put_back",
        done: _t("Put back"),
    },
    {
        key: "f",
        name: "finish",
        label: _t("Finish"),
        method: "action_finish",
        can: "can_finish",
        done: _t("Finished"),
    },
    {
        key: "u",
        name: "urge",
        label: _t("Urge"),
        action: "crm_service.service_ticket_urge_action",
        group: "crm_service.group_service_agent",
    },
    {
        key: "r",
        name: "reassign",
        label: _t("Reassign"),
        action: "crm_service.service_ticket_reassign_action",
        group: "crm_service.group_service_dispatcher",
    },
];
