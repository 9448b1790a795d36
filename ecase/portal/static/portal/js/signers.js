/** The Signer of this installation: NCALayer (or the demo signer, which speaks the same), or a key file in the page. */
import { askForKeyFile } from "./key_file_dialog.js";
import { NCALayerSigner } from "./ncalayer.js";
import { Pkcs12Signer } from "./pkcs12_signer.js";

// What the setting ECASE_SIGNER_URL says where the page is to open key files itself.
const IN_PAGE = "pkcs12:";

/** @param {string} url @returns {import("./signer.js").Signer} */
export function signerAt(url) {
  return url === IN_PAGE ? new Pkcs12Signer(askForKeyFile) : new NCALayerSigner(url);
}
