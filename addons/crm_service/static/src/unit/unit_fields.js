import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {_t} from "@web/core/l10n/translation";
import {Component} from "@odoo/owl";

/** What a unit is covered by, and until when, in one look. */
export class CoverageField extends Component {
    static template = "crm_service.Coverage";
    static props = {...standardFieldProps};

    get covers() {
        return this.props.record.data[this.props.name] || [];
    }

    until(cover) {
        return formatDate(deserializeDate(cover.until));
    }
}

/** A link that opens a map in a page of its own. */
export class MapLinkField extends Component {
    static template = "crm_service.MapLink";
    static props = {...standardFieldProps};

    get url() {
        return this.props.record.data[this.props.name];
    }
}

/** Whoever stands before a unit writes its position down with one click. */
export class HereWidget extends Component {
    static template = "crm_service.Here";
    static props = {...standardWidgetProps};

    setup() {
        this.notification = useService("notification");
        this.isPossible = Boolean(navigator.geolocation);
    }

    take() {
        navigator.geolocation.getCurrentPosition(
            ({coords}) =>
                this.props.record.update({
                    latitude: coords.latitude,
                    longitude: coords.longitude,
                }),
            () =>
                this.notification.add(
                    _t("The position is not known. Allow this page to see it."),
                    {type: "warning"}
                ),
            {enableHighAccuracy: true, timeout: 15000}
        );
    }
}

registry.category("view_widgets").add("service_here", {component: HereWidget});
registry.category("fields").add("service_coverage", {
    component: CoverageField,
    supportedTypes: ["json"],
});
registry.category("fields").add("service_map_link", {
    component: MapLinkField,
    supportedTypes: ["char"],
});
