from tests.browser.test_draft import *
def test_dbg(writer, court):
    page=writer.page
    page.on("console",lambda m: print("CONSOLE",m.type,m.text)); page.on("pageerror",lambda e: print("PAGEERROR",e))
    page.on("request",lambda r: print("REQ",r.method,r.url))
    writer.context.set_offline(True)
    writer.fill("reasons","Сақталмаған")
    page.locator('#draft-status[data-state="offline"]').wait_for()
    print("LS",page.evaluate("JSON.stringify(localStorage)"), page.evaluate("document.getElementById('revision').value"))
    address=page.url
    page.goto("about:blank"); writer.context.set_offline(False); page.goto(address)
    page.wait_for_timeout(4000)
    print("LS2",page.evaluate("JSON.stringify(localStorage)"), page.evaluate("document.getElementById('revision').value"), page.inner_text("#draft-status"), page.evaluate("document.getElementById('draft-status').dataset.state"))
    assert 0
