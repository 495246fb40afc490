# Part of the After-Sales Service add-ons. LGPL-3, see LICENSE.
"""What a column of an import may say, and the words by which headers say so."""

from typing import NamedTuple


class Target(NamedTuple):
    """Something that a row may say of a unit."""

    field: str  # the field of `service.asset` that it fills or helps to find
    kind: str  # text, date, number, choice, html, or a record that is looked up
    words: tuple = ()  # other words for it, in the languages that people use


TARGETS = {
    "serial_number": Target(
        "serial_number",
        "text",
        ("serial", "serial no", "s/n", "sn", "lot", "序列号", "序號", "機號", "机号")
        + ("出厂编号", "seriennummer", "numéro de série", "matricola"),
    ),
    "product": Target(
        "product_id",
        "record",
        ("model", "article", "item", "sku", "internal reference", "product code")
        + ("产品", "产品型号", "型号", "產品", "型號", "modello", "modell", "produit"),
    ),
    "partner": Target(
        "partner_id",
        "record",
        ("owner", "customer name", "client", "account", "客户", "客户名称", "用户")
        + ("客戶", "用戶", "kunde", "cliente"),
    ),
    "partner_ref": Target(
        "partner_id",
        "help",
        ("customer no", "customer number", "customer code", "客户编号", "客戶編號"),
    ),
    "partner_phone": Target(
        "partner_id",
        "help",
        ("phone", "telephone", "mobile", "tel", "电话", "手机", "電話", "手機"),
    ),
    "partner_email": Target(
        "partner_id", "help", ("email", "e-mail", "mail", "邮箱", "電郵", "电子邮件")
    ),
    "partner_street": Target(
        "partner_id", "help", ("street", "address", "地址", "街道")
    ),
    "partner_zip": Target(
        "partner_id", "help", ("zip", "postcode", "postal code", "邮编", "郵遞區號")
    ),
    "partner_city": Target("partner_id", "help", ("city", "town", "城市")),
    "partner_country": Target("partner_id", "help", ("country", "国家", "國家")),
    "site": Target(
        "site_id", "record", ("site name", "location", "安装地点", "安裝地點", "网点")
    ),
    "site_street": Target(
        "site_id", "help", ("site address", "installation address", "安装地址")
    ),
    "site_zip": Target("site_id", "help", ("site zip",)),
    "site_city": Target("site_id", "help", ("site city",)),
    "dealer": Target(
        "dealer_id", "record", ("reseller", "经销商", "經銷商", "händler")
    ),
    "parent": Target(
        "parent_id", "record", ("part of", "parent", "main unit", "主机", "上级序列号")
    ),
    "batch": Target("batch_id", "record", ("batch", "lot of production", "批次")),
    "state": Target("state", "choice", ("status", "状态", "狀態")),
    "manufactured_on": Target(
        "manufactured_on",
        "date",
        ("manufactured", "production date", "生产日期", "出厂日期", "生產日期"),
    ),
    "sold_on": Target(
        "sold_on",
        "date",
        ("sold", "sale date", "purchase date", "bought", "销售日期", "购买日期")
        + ("銷售日期", "購買日期"),
    ),
    "delivered_on": Target(
        "delivered_on",
        "date",
        ("delivered", "delivery date", "发货日期", "交货日期", "交貨日期"),
    ),
    "installed_on": Target(
        "installed_on",
        "date",
        ("installed", "installation date", "安装日期", "安裝日期"),
    ),
    "registered_on": Target(
        "registered_on",
        "date",
        ("registered", "registration date", "注册日期", "登记日期", "登記日期"),
    ),
    "latitude": Target("latitude", "number", ("lat", "纬度", "緯度")),
    "longitude": Target("longitude", "number", ("lng", "lon", "long", "经度", "經度")),
    "note": Target("note", "html", ("remark", "comment", "备注", "備註")),
}
