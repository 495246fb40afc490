import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

import {markup} from "@odoo/owl";

// A first request from the call to the answer, for somebody new at the desk.
registry.category("web_tour.tours").add("crm_service_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: '.o_app[data-menu-xmlid="crm_service.service_menu_root"]',
            content: markup(
                _t("Somebody calls: the fridge does not cool. Open <b>Service</b>.")
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_list_button_add, .o-kanban-button-new",
            content: markup(_t("<b>Take down</b> the request.")),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger:
                ".o_form_view .o_field_widget[name='name'] textarea, .o_form_view .o_field_widget[name='name'] input",
            content: _t("What is it about? A few words are enough."),
            tooltipPosition: "bottom",
            run: "edit It does not cool",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='partner_name'] input",
            content: _t("The caller's name…"),
            tooltipPosition: "right",
            run: "edit Ann Example",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='partner_email'] input",
            content: _t(
                "… and an e-mail address or a phone number. Who called before is found by it; a new customer is made from it."
            ),
            tooltipPosition: "right",
            run: "edit ann.example@example.com",
        },
        {
            trigger: ".o_form_button_save",
            content: markup(
                _t(
                    "<b>Save</b>: the request gets its acceptance number, which you tell the customer."
                )
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_form_saved .o_field_widget[name='number']",
        },
        {
            trigger: ".o_form_view .o_widget_service_route_buttons button",
            content: _t(
                "It is yours: who takes a request down works on it. The process offers the next steps; choose one."
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o-mail-Chatter-sendMessage",
            content: _t(
                "Write to the customer from here; the answer comes back to this place."
            ),
            tooltipPosition: "left",
            run: "click",
        },
    ],
});
